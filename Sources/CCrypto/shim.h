#if !__has_include(<openssl/evp.h>)
#error "OpenSSL headers not found: apt-get install libssl-dev"
#endif
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
