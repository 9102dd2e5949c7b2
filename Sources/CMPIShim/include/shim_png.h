#pragma once
#include <stddef.h>
#include <stdint.h>

// Pictures in the format PNG by libpng.

/// The version of libpng that this was compiled with.
const char *shim_png_library_version(void);
/// Encodes a picture of 8 bits of red, green and blue a pixel, row by row from the top. The result is freed by
/// `shim_png_free`; NULL where it fails, with libpng's reason in `message`.
uint8_t *shim_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, size_t *size, char *message,
                         size_t capacity);
void shim_png_free(uint8_t *bytes);
