
/* CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of all our files. */

#ifndef GIG_CRC32C_H
#define GIG_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* To be continued: crc is 0 at first.  _portable is without the processor's help. */
uint32_t gig_crc32c(uint32_t crc, const void *data, size_t len);
uint32_t gig_crc32c_portable(uint32_t crc, const void *data, size_t len);

#endif /* GIG_CRC32C_H */
