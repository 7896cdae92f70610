
#include <string.h>

#include "gig_number.h"

#define GIG_EXPONENT_MAX    99              /* far beyond what fits */


static int  gig_number_whole(const char *s);


int
gig_number_normal(gig_str_t s, char out[GIG_NUMBER_SIZE])
{
    char    digit[GIG_NUMBER_SIZE];
    int     negative, exponent, minus, point, after;
    size_t  i, n, k, first, len, seen;

    negative = s.len != 0 && s.data[0] == '-';
    i = negative ? 1 : 0;
    n = 0;
    seen = 0;
    point = 0;
    after = 0;                              /* digits after the point that are kept */

    for (/* void */; i < s.len; i++) {

        if (s.data[i] == '.' && !point && seen != 0) {
            point = 1;
            continue;
        }

        if (s.data[i] < '0' || s.data[i] > '9') {
            break;
        }

        seen++;

        if (n == 0 && s.data[i] == '0') {   /* leading zeros are nothing but places */
            after += point;
            continue;
        }

        if (n == sizeof(digit)) {
            return -1;
        }

        digit[n++] = s.data[i];
        after += point;
    }

    if (seen == 0 || (point && s.data[i - 1] == '.') || s.len > 2 * GIG_NUMBER_SIZE) {
        return -1;
    }

    exponent = 0;

    if (i < s.len && (s.data[i] == 'e' || s.data[i] == 'E')) {

        i++;
        minus = i < s.len && s.data[i] == '-';
        i += i < s.len && (s.data[i] == '-' || s.data[i] == '+') ? 1 : 0;
        first = i;

        for (/* void */; i < s.len && s.data[i] >= '0' && s.data[i] <= '9'; i++) {

            exponent = exponent * 10 + (s.data[i] - '0');

            if (exponent > GIG_EXPONENT_MAX) {
                return -1;
            }
        }

        if (i == first) {
            return -1;
        }

        exponent = minus ? -exponent : exponent;
    }

    if (i != s.len) {
        return -1;
    }

    /* the value is digit[0..n) times ten to the power of exponent */

    exponent -= after;

    while (n != 0 && digit[n - 1] == '0') {
        n--;
        exponent++;
    }

    if (n == 0) {
        memcpy(out, "0", 2);
        return 0;
    }

    /* places before the point (none: a zero stands there), and after it */

    len = exponent >= 0 ? n + (size_t) exponent
          : (size_t) -exponent >= n ? (size_t) -exponent + 2 : n + 1;

    if (len + (size_t) negative >= GIG_NUMBER_SIZE) {
        return -1;
    }

    k = 0;

    if (negative) {
        out[k++] = '-';
    }

    if (exponent >= 0) {
        memcpy(out + k, digit, n);
        memset(out + k + n, '0', (size_t) exponent);

    } else if ((size_t) -exponent < n) {
        first = n - (size_t) -exponent;
        memcpy(out + k, digit, first);
        out[k + first] = '.';
        memcpy(out + k + first + 1, digit + first, n - first);

    } else {
        memset(out + k, '0', len);
        out[k + 1] = '.';
        memcpy(out + k + len - n, digit, n);
    }

    out[k + len] = '\0';

    return 0;
}


int
gig_number_compare(const char *one, const char *two)
{
    int  below, order, whole_one, whole_two;

    below = one[0] == '-';

    if (below != (two[0] == '-')) {
        return below ? -1 : 1;
    }

    one += below;
    two += below;
    whole_one = gig_number_whole(one);
    whole_two = gig_number_whole(two);

    /* with as many places before the point, the order of the texts is that of the numbers */

    order = whole_one != whole_two ? (whole_one < whole_two ? -1 : 1) : strcmp(one, two);

    return below ? -order : order;
}


static int
gig_number_whole(const char *s)
{
    return (int) strcspn(s, ".");
}
