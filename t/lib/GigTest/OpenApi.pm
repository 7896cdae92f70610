package GigTest::OpenApi;

# Holds answers against openapi.json: the address and its methods, the status, the headers that
# must be there, the media type, and what a body of JSON may be.  GigTest::Http hands over what a
# test was answered below a board's prefix; what is not as the document has it is written into the
# folder of the test, which then fails at its end.
#
# Of JSON Schema 2020-12 it knows what the document uses (%KEYWORD), and dies of anything else: a
# keyword that nobody looks at would be a promise that nobody keeps.  t/openapi.t compares it with
# ajv.  A body that was found right is not looked at again in the same process.

use strict;
use warnings;

use B ();
use Compress::Zlib ();
use Cwd qw(abs_path);
use Digest::MD5 qw(md5);
use File::Basename qw(dirname);
use JSON::PP ();

our $ROOT = abs_path(dirname(__FILE__) . '/../../..');

my $WHOLE;


# The document of the source tree, merged of its parts as tools/embed does it.
sub source {
    return $WHOLE //= do {
        my %part;
        for my $file (glob "$ROOT/ngx_gig_module/web/openapi/*.json") {
            open my $in, '<:raw', $file or die "$file: $!";
            local $/;
            my ($group) = $file =~ m{/(\w+)[^/]*$};
            my $members = parse(scalar <$in>);
            for my $name (keys %$members) {
                die "$file: $name is in another part already" if exists $part{$group}{$name};
                $part{$group}{$name} = $members->{$name};
            }
        }
        my ($frame, $paths) = map { delete $part{$_} } qw(openapi paths);
        GigTest::OpenApi->new({ %$frame, paths => $paths, components => \%part });
    };
}


sub new {
    my ($class, $document) = @_;
    my $self = bless { document => $document, schema => {}, right => {} }, $class;

    # An address that has no parameter is meant before one that has.
    for my $template (sort { ($a =~ tr/{//) <=> ($b =~ tr/{//) || $a cmp $b } keys %{ $document->{paths} }) {
        my $item = $document->{paths}{$template};
        my %known = map { $_->{name} => $_ } grep { $_->{in} eq 'path' } map { $self->real($_) } @{ $item->{parameters} // [] };
        my @names = $template =~ /\{(\w+)\}/g;
        my $pattern = join '', map { /^\{/ ? '([^/]+)' : quotemeta } split /(\{\w+\})/, $template;
        push @{ $self->{routes} }, { template => $template, item => $item, pattern => qr/^$pattern\z/,
            checks => [map { $self->compile(($known{$_} // die "$template: $_ is no parameter")->{schema}) } @names] };
    }
    return $self;
}


# What a reference leads to, or the thing itself.
sub real {
    my ($self, $thing) = @_;
    while (ref $thing eq 'HASH' && exists $thing->{'$ref'}) { $thing = $self->find($thing->{'$ref'}) }
    return $thing;
}

sub find {
    my ($self, $ref) = @_;
    my ($pointer) = $ref =~ m{^#/(.*)$} or die "$ref: only what is in the document can be referred to";
    my $thing = $self->{document};
    for my $name (map { s{~1}{/}gr =~ s/~0/~/gr } split m{/}, $pointer) {
        $thing = ref $thing eq 'HASH' ? $thing->{$name} : undef;
        die "$ref leads nowhere" unless defined $thing;
    }
    return $thing;
}


# --- JSON

# RFC 8259, strictly: no name twice.  Numbers are numbers, texts are texts.
sub parse {
    my ($text) = @_;
    my $value = eval { _value(\$text, 0) };
    die $@ if $@;
    $text =~ /\G[ \t\r\n]*/gc;
    die "there is more behind the JSON\n" if (pos $text // 0) != length $text;
    return $value;
}

# A suite reads the same gigs thousands of times.  With $KEEP an object inside others that was read
# before is not read again, and a list remembers which checks it passed: ten times as fast.
our $KEEP;
my $FOUND_MAX = 20_000;
my (%FOUND, %RIGHT);                            # its text => it; its address => checks
my $OBJECT = '(?!)';                            # no group in it: perl would copy the whole text at each match
$OBJECT = qr/\{(?:[^{}"]++|"(?:[^"\\]++|\\.)*+"|$OBJECT)*+\}/s for 1 .. 6;

my %ESCAPE = ('"' => '"', '\\' => '\\', '/' => '/', b => "\b", f => "\f", n => "\n", r => "\r", t => "\t");

sub _value {
    my ($t, $depth) = @_;
    die "more than 64 brackets are open\n" if $depth > 64;
    $$t =~ /\G[ \t\r\n]*/gc;
    my $from = pos $$t // 0;
    if ($$t =~ /\G"/gc) { return _string($t) }
    if ($$t =~ /\G-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/gc) { return 0 + substr $$t, $from, pos($$t) - $from }
    if ($KEEP && $depth > 1 && $$t =~ /\G$OBJECT/gc) {
        my $text = substr $$t, $from, pos($$t) - $from;
        return $FOUND{$text} if $FOUND{$text};
        (%FOUND, %RIGHT) = () if keys %FOUND >= $FOUND_MAX;
        my $object = $FOUND{$text} = do { local $KEEP; _value(\$text, $depth) };
        $RIGHT{0 + $object} = {};
        return $object;
    }
    if ($$t =~ /\G\{[ \t\r\n]*/gc) {
        my %object;
        return \%object if $$t =~ /\G\}/gc;
        while ($$t =~ /\G[ \t\r\n]*"/gc) {
            my $name = _string($t);
            $$t =~ /\G[ \t\r\n]*:/gc or die "no colon behind \"$name\"\n";
            die "the name \"$name\" is there twice\n" if exists $object{$name};
            $object{$name} = _value($t, $depth + 1);
            return \%object if $$t =~ /\G[ \t\r\n]*\}/gc;
            $$t =~ /\G[ \t\r\n]*,/gc or last;
        }
        die "an object without its end\n";
    }
    if ($$t =~ /\G\[[ \t\r\n]*/gc) {
        my @list;
        return \@list if $$t =~ /\G\]/gc;
        while (1) {
            push @list, _value($t, $depth + 1);
            return \@list if $$t =~ /\G[ \t\r\n]*\]/gc;
            $$t =~ /\G[ \t\r\n]*,/gc or die "a list without its end\n";
        }
    }
    return undef if $$t =~ /\Gnull/gc;
    return JSON::PP::true if $$t =~ /\Gtrue/gc;
    return JSON::PP::false if $$t =~ /\Gfalse/gc;
    die 'no JSON at byte ' . (pos $$t // 0) . "\n";
}

sub _string {
    my ($t) = @_;
    my $all = '';
    while (1) {
        my $from = pos $$t // 0;
        $all .= substr $$t, $from, pos($$t) - $from if $$t =~ /\G[^"\\\x00-\x1f]+/gc;
        last if $$t =~ /\G"/gc;
        if ($$t =~ m{\G\\(["\\/bfnrt])}gc) { $all .= $ESCAPE{$1} }
        elsif ($$t =~ /\G\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/gc) { $all .= _utf8(0x10000 + ((hex($1) & 0x3ff) << 10) + (hex($2) & 0x3ff)) }
        elsif ($$t =~ /\G\\u(?![dD][89a-fA-F])([0-9a-fA-F]{4})/gc) { $all .= _utf8(hex $1) }
        else { die 'a text with a byte that may not be in it at ' . (pos $$t // 0) . "\n" }
    }
    utf8::decode($all) or die "a text that is no UTF-8\n" if $all =~ /[^\x00-\x7f]/;
    return $all;
}

sub _utf8 { my $c = chr shift; utf8::encode($c); return $c }

# A number that was never a text.
sub is_number { my $flags = B::svref_2object(\$_[0])->FLAGS; return $flags & (B::SVf_IOK | B::SVf_NOK) && !($flags & B::SVf_POK) }

sub type_of {
    my ($v) = @_;
    return 'null' unless defined $v;
    return ref $v eq 'HASH' ? 'object' : ref $v eq 'ARRAY' ? 'array' : 'boolean' if ref $v;
    return is_number($v) ? 'number' : 'string';
}


# --- JSON Schema

# A check takes a value and gives nothing, or where in it what is wrong.
sub compile {
    my ($self, $schema) = @_;
    return $schema ? sub { return } : sub { return ' must not be there' } if ref $schema eq 'JSON::PP::Boolean';
    ref $schema eq 'HASH' or die 'a schema is an object or a boolean';
    return $self->{schema}{$schema} //= do {
        my @checks;
        for my $name (sort keys %$schema) {
            my $make = $GigTest::OpenApi::KEYWORD{$name} or die "JSON Schema: this does not know the keyword \"$name\"";
            push @checks, $make->($self, $schema->{$name}, $schema);
        }
        sub { for my $check (@checks) { my $wrong = $check->($_[0]); return $wrong if defined $wrong } return };
    };
}

sub same { return JSON::PP->new->canonical->allow_nonref->encode($_[0]) eq JSON::PP->new->canonical->allow_nonref->encode($_[1]) }

sub _one_of {
    my (@values) = @_;
    my (%text, %other);
    for my $value (@values) { defined $value && !ref $value && !is_number($value) ? $text{$value}++ : $other{JSON::PP->new->canonical->allow_nonref->encode($value)}++ }
    my $all = join ', ', map { JSON::PP->new->canonical->allow_nonref->encode($_) } @values;
    return sub {
        my ($v) = @_;
        return if defined $v && !ref $v && !is_number($v) ? $text{$v} : $other{JSON::PP->new->canonical->allow_nonref->encode(defined $v && is_number($v) ? 0 + $v : $v)};
        return ' is ' . _shown($v) . ", and none of $all";
    };
}

sub _shown { my $t = JSON::PP->new->canonical->allow_nonref->ascii->encode($_[0]); return length $t > 60 ? substr($t, 0, 57) . '...' : $t }
sub _step { return '/' . ($_[0] =~ s/~/~0/gr =~ s{/}{~1}gr) }
sub _of { my ($type, $check) = @_; return sub { return type_of($_[0]) eq $type ? $check->($_[0]) : undef } }
sub _list { my ($self, $schemas) = @_; return map { $self->compile($_) } @$schemas }

my %FORMAT = (
    'date-time' => sub {
        my ($hour, $minute, $second, $sign, $hours, $minutes) = $_[0] =~ /^\d{4}-\d\d-\d\d[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))\z/a or return 0;
        return 0 if !_day($_[0]) || $hour > 23 || $minute > 59 || $second > 60 || ($hours // 0) > 23 || ($minutes // 0) > 59;
        my $zone = (($hours // 0) * 60 + ($minutes // 0)) * (($sign // '') eq '-' ? -1 : 1);
        return $second < 60 || ($hour * 60 + $minute - $zone) % 1440 == 1439;       # a leap second ends a day of UTC
    },
    date => sub { $_[0] =~ /^\d{4}-\d\d-\d\d\z/a && _day($_[0]) },
    uri => sub { $_[0] =~ m{^[a-z][a-z0-9+.-]*:(?:[!#\$&-;=?-Z\[\]_a-z~]|%[0-9a-fA-F]{2})+\z}i },
    'uri-reference' => sub { $_[0] =~ m{^(?:[!#\$&-;=?-Z\[\]_a-z~]|%[0-9a-fA-F]{2})*\z} },
);

sub _day {
    my ($year, $month, $day) = $_[0] =~ /^(\d{4})-(\d\d)-(\d\d)/a;
    return 0 if $month < 1 || $month > 12;
    my $most = $month == 2 ? ($year % 4 == 0 && ($year % 100 || $year % 400 == 0) ? 29 : 28) : $month =~ /^(?:04|06|09|11)$/ ? 30 : 31;
    return $day >= 1 && $day <= $most;
}

my $NOTE = sub { return };
our %KEYWORD = (
    (map { $_ => $NOTE } qw(description title examples example default deprecated contentMediaType contentEncoding), '$comment'),
    '$ref' => sub { my ($self, $ref) = @_; my $check; return sub { return ($check //= $self->compile($self->find($ref)))->($_[0]) } },
    type => sub {
        my ($self, $type) = @_;
        my %may = map { $_ => 1 } ref $type ? @$type : $type;
        /^(?:null|boolean|object|array|number|integer|string)$/ or die "JSON Schema: there is no type \"$_\"" for keys %may;
        my $all = join ' or ', sort keys %may;
        return sub {
            my $is = type_of($_[0]);
            return if $may{$is} || $is eq 'number' && $may{integer} && $_[0] == int $_[0];
            return ' is ' . _shown($_[0]) . ", and no $all";
        };
    },
    enum => sub { return _one_of(@{ $_[1] }) },
    const => sub { return _one_of($_[1]) },
    minimum => sub { my $n = $_[1]; return _of(number => sub { return $_[0] < $n ? " is $_[0], less than $n" : undef }) },
    maximum => sub { my $n = $_[1]; return _of(number => sub { return $_[0] > $n ? " is $_[0], more than $n" : undef }) },
    minLength => sub { my $n = $_[1]; return _of(string => sub { return length $_[0] < $n ? " is shorter than $n" : undef }) },
    maxLength => sub { my $n = $_[1]; return _of(string => sub { return length $_[0] > $n ? " is longer than $n" : undef }) },
    pattern => sub {
        my $text = $_[1];
        my $pattern = $text =~ s/(?<!\\)\$/\\z/gr;                   # ECMA-262: the very end
        $pattern = qr/$pattern/a;
        return _of(string => sub { return $_[0] =~ $pattern ? undef : ' is ' . _shown($_[0]) . ", and not like $text" });
    },
    format => sub {
        my $name = $_[1];
        my $right = $FORMAT{$name} or die "JSON Schema: this does not know the format \"$name\"";
        return _of(string => sub { return $right->($_[0]) ? undef : ' is ' . _shown($_[0]) . ", and no $name" });
    },
    required => sub { my @names = @{ $_[1] }; return _of(object => sub { my ($v) = @_; exists $v->{$_} or return " has no \"$_\"" for @names; return }) },
    properties => sub {
        my ($self, $properties) = @_;
        my %check = map { $_ => $self->compile($properties->{$_}) } keys %$properties;
        return _of(object => sub {
            my ($v) = @_;
            for my $name (keys %$v) {
                my $check = $check{$name} or next;
                my $wrong = $check->($v->{$name});
                return _step($name) . $wrong if defined $wrong;
            }
            return;
        });
    },
    additionalProperties => sub {
        my ($self, $rest, $schema) = @_;
        my $check = $self->compile($rest);
        my $known = $schema->{properties} // {};
        return _of(object => sub {
            my ($v) = @_;
            for my $name (sort grep { !exists $known->{$_} } keys %$v) {
                my $wrong = $check->($v->{$name});
                return _step($name) . $wrong if defined $wrong;
            }
            return;
        });
    },
    propertyNames => sub {
        my $check = $_[0]->compile($_[1]);
        return _of(object => sub { for (sort keys %{ $_[0] }) { my $wrong = $check->("$_"); return " has a name that$wrong" if defined $wrong } return });
    },
    items => sub {
        my $check = $_[0]->compile($_[1]);
        return _of(array => sub {
            my ($list) = @_;
            for my $i (0 .. $#$list) {
                my $passed = $KEEP && ref $list->[$i] ? $RIGHT{0 + $list->[$i]} : undef;
                next if $passed && $passed->{$check};
                my $wrong = $check->($list->[$i]);
                return "/$i$wrong" if defined $wrong;
                $passed->{$check} = 1 if $passed;
            }
            return;
        });
    },
    minItems => sub { my $n = $_[1]; return _of(array => sub { return @{ $_[0] } < $n ? " has less than $n" : undef }) },
    maxItems => sub { my $n = $_[1]; return _of(array => sub { return @{ $_[0] } > $n ? " has more than $n" : undef }) },
    allOf => sub { return _list(@_) },
    anyOf => sub {
        my @any = _list(@_);
        return sub { my $last; for my $check (@any) { $last = $check->($_[0]); return unless defined $last } return "$last (nor anything else that it may be)" };
    },
    not => sub { my $check = $_[0]->compile($_[1]); return sub { return defined $check->($_[0]) ? undef : ' is ' . _shown($_[0]) . ', which it must not be' } },
    if => sub {
        my ($self, $if, $schema) = @_;
        my ($ask, $then, $else) = map { $self->compile($_ // JSON::PP::true) } $if, @$schema{qw(then else)};
        return sub { return defined $ask->($_[0]) ? $else->($_[0]) : $then->($_[0]) };
    },
    then => $NOTE,                                                  # "if" asks for these
    else => $NOTE,
);


# --- answers

# The route of an address below the prefix, which begins with a slash; or nothing.
sub route {
    my ($self, $path) = @_;
    for my $route (@{ $self->{routes} }) {
        my @values = $path =~ $route->{pattern} or next;
        @values = () unless @{ $route->{checks} };
        return $route unless grep { defined $route->{checks}[$_]->($values[$_]) } 0 .. $#values;
    }
    return;
}


# What of an answer is not as the document has it.  path: below the prefix, without query, decoded.
sub wrong {
    my ($self, $method, $path, $answer) = @_;
    my ($status, $head) = @$answer{qw(status headers)};
    my $document = $self->{document};

    # nginx's own refusals: none of our headers, and its page
    if (!exists $head->{'content-security-policy'}) {
        return if $status >= 400 && ($method eq 'HEAD' || $answer->{body} =~ m{<hr><center>nginx});
        return 'has no Content-Security-Policy, and is no page of nginx\'s own';
    }

    my $common = $document->{components}{responses};
    my $route = $self->route($path);
    my $item = $route ? $route->{item} : {};
    my $operation = $item->{ $method eq 'HEAD' ? 'get' : lc $method };
    my @wrong = $self->headers($document->{'x-headers-of-every-answer'}, $head);
    my %may = $operation ? %{ $operation->{responses} } : (400 => $common->{BadParameter});
    if (!$operation) {
        $may{405} = $common->{MethodNotAllowed} if $route;
        $may{404} = $common->{NotFound} if !$route || $route->{template} =~ /\{hash\}/;    # of another version: no address
        $may{204} = $common->{Preflight} if $route && $method eq 'OPTIONS';
    }
    if ($status == 405 && $route) {
        my @takes = map { $_ eq 'get' ? qw(GET HEAD) : uc } grep { $item->{$_} } qw(get post delete);
        push @wrong, "Allow is \"$head->{allow}\", and the document has @takes" if ($head->{allow} // '') ne join ', ', @takes;
    }

    my $response = $self->real($may{$status})
        or return (@wrong, "the status $status is not described for $method " . ($route ? $route->{template} : 'of an address that is none'));
    return (@wrong, $self->headers($response->{headers} // {}, $head), $self->body($method, $response, $answer));
}


sub headers {
    my ($self, $described, $head) = @_;
    my @wrong;
    for my $name (sort keys %$described) {
        my $header = $self->real($described->{$name});
        my $value = $head->{lc $name};
        if (!defined $value) { push @wrong, "has no $name" if $header->{required}; next }
        $value += 0 if $value =~ /^[0-9]{1,15}\z/ && (($self->real($header->{schema})->{type} // '') eq 'integer');
        my $found = $self->compile($header->{schema})->($value);
        push @wrong, "$name$found" if defined $found;
    }
    return @wrong;
}


sub body {
    my ($self, $method, $response, $answer) = @_;
    my $head = $answer->{headers};
    my ($type, $more) = split /;\s*/, $head->{'content-type'} // '', 2;
    my $content = $response->{content};
    if (!$content) {
        return $answer->{body} eq '' ? () : 'has a body, and none is described';
    }
    my $media = $content->{$type} or return "is of the type \"$type\", and may be of " . join ', ', sort keys %$content;
    my $charset = $type =~ m{^text/} ? 'charset=utf-8' : '';
    return "\"$head->{'content-type'}\" should have " . ($charset || 'no parameter') if ($more // '') ne $charset;
    return if $method eq 'HEAD';

    my $coding = $head->{'content-encoding'} // '';
    return if $coding eq 'br';                                      # core Perl cannot read it
    my $key = "$media\0$coding\0" . md5($answer->{body});
    return if $self->{right}{$key};
    my $body = $coding eq 'gzip' ? Compress::Zlib::memGunzip(my $copy = $answer->{body}) : $answer->{body};
    return 'has a body that is not compressed as it says' unless defined $body;

    local $KEEP = 1;
    my $value = $body;
    if ($type =~ /\bjson$/) {
        $value = eval { parse($body) };
        return "is no JSON: $@" =~ s/\n//r if $@;
    } elsif (!utf8::decode(my $text = $body)) {
        return 'is no UTF-8';
    }
    my $found = $self->compile($media->{schema})->($value);
    return "its body$found" if defined $found;
    $self->{right}{$key} = 1;
    return;
}


# --- the harness

# The boards of an nginx.conf: port => prefixes of those that answer in our own words.
sub boards {
    my ($conf) = @_;
    my %boards;
    for my $server (split /^\s*server\s*\{/m, $conf) {
        my @prefixes = map { m{/$} ? $_ : "$_/" } $server =~ /\blocation\s+(?:\^~\s+)?(\/\S*)\s*\{[^{}]*?\bgig\s+(?![^;]*\bas=)[^;]+;/g;
        push @{ $boards{$_} }, @prefixes for $server =~ /\blisten\s+(?:[\d.]+:)?(\d+)[^;]*;/g;
    }
    return %boards;
}


# One answer of a board with these prefixes: what is wrong with it, as lines.
sub watch {
    my ($prefixes, $method, $target, $answer) = @_;
    my $path = $target =~ s{^https?://[^/]*}{}r =~ s/[?#].*//sr;
    $path =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;
    $path =~ s{//+}{/}g;
    return if $path =~ m{/\.\.?(?:/|$)} || $path =~ /[\0-\x1f]/;     # nginx resolves these first
    my ($prefix) = sort { length $b <=> length $a } grep { index($path, $_) == 0 } @$prefixes or return;
    return map {"$method $target: $answer->{status}: $_"} source()->wrong($method, substr($path, length($prefix) - 1), $answer);
}

1;
