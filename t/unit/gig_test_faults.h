
/*
 * Allocations that fail when a test says so: the Makefile links the tests that
 * include this with --wrap.  One file a test may include it.
 */

#ifndef GIG_TEST_FAULTS_H
#define GIG_TEST_FAULTS_H

#include <stddef.h>
#include <sys/mman.h>

/* Counts down to the allocation that fails; 0 is never. */
static long  fail_after;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_mmap(void *p, size_t size, int protection, int flags, int fd, off_t offset);
void *__real_mremap(void *p, size_t size, size_t wanted, int flags);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_mmap(void *p, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mremap(void *p, size_t size, size_t wanted, int flags);


static int
test_fails(void)
{
    return fail_after > 0 && --fail_after == 0;
}


void *
__wrap_malloc(size_t size)
{
    return test_fails() ? NULL : __real_malloc(size);
}


void *
__wrap_calloc(size_t n, size_t size)
{
    return test_fails() ? NULL : __real_calloc(n, size);
}


void *
__wrap_realloc(void *p, size_t size)
{
    return test_fails() ? NULL : __real_realloc(p, size);
}


void *
__wrap_mmap(void *p, size_t size, int protection, int flags, int fd, off_t offset)
{
    return test_fails() ? MAP_FAILED : __real_mmap(p, size, protection, flags, fd, offset);
}


void *
__wrap_mremap(void *p, size_t size, size_t wanted, int flags)
{
    return test_fails() ? MAP_FAILED : __real_mremap(p, size, wanted, flags);
}

#endif /* GIG_TEST_FAULTS_H */
