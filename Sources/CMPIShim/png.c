#include "shim_png.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *shim_png_library_version(void) { return PNG_LIBPNG_VER_STRING; }

uint8_t *shim_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, size_t *size, char *message,
                         size_t capacity) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_RGB;
  // Room for any picture of this size, so that it is encoded once.
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  uint8_t *encoded = malloc(bytes);
  if (!encoded) {
    snprintf(message, capacity, "out of memory");
    return NULL;
  }
  if (!png_image_write_to_memory(&image, encoded, &bytes, 0, pixels, 0, NULL)) {
    snprintf(message, capacity, "%s", image.message);
    free(encoded);
    return NULL;
  }
  *size = bytes;
  return encoded;
}

void shim_png_free(uint8_t *bytes) { free(bytes); }
