#pragma once
#include <stddef.h>
#include <stdint.h>

// The first image of a TIFF file by libtiff, and the keys of its coordinates by libgeotiff. Not for several threads at once.
// Functions return 0 on success where nothing else is said.

/// Sample formats as TIFF numbers them.
enum shim_tiff_format { SHIM_TIFF_UNSIGNED = 1, SHIM_TIFF_SIGNED = 2, SHIM_TIFF_REAL = 3, SHIM_TIFF_VOID = 4 };
/// Photometric interpretations whose samples are other numbers than those in the file.
enum shim_tiff_photometric { SHIM_TIFF_YCBCR = 6 };
enum { SHIM_TIFF_UNCOMPRESSED = 1 };
/// Tags by number.
enum shim_tiff_tag {
  SHIM_TIFF_PIXEL_SCALE = 33550,
  SHIM_TIFF_TIEPOINTS = 33922,
  SHIM_TIFF_TRANSFORMATION = 34264,
  SHIM_TIFF_KEYS = 34735,
  SHIM_TIFF_GDAL_METADATA = 42112,
  SHIM_TIFF_GDAL_NODATA = 42113
};
/// Keys of coordinates by number.
enum shim_tiff_key {
  SHIM_TIFF_MODEL_TYPE = 1024,
  SHIM_TIFF_RASTER_TYPE = 1025,
  SHIM_TIFF_ANGULAR_UNITS = 2054,
  SHIM_TIFF_PROJECTED_SYSTEM = 3072
};

/// Sizes and types of an image; tiles are 0 × 0 where it is stored in strips. Sizes in bytes are 0 where they cannot be.
struct shim_tiff_image {
  uint32_t width, height, tile_width, tile_height, rows_per_strip;
  uint16_t bits, format, samples, photometric, compression;
  /// Whether each sample has strips or tiles of its own.
  int is_separate;
  /// Whether this libtiff can decompress it.
  int is_readable;
  uint64_t row_bytes, tile_bytes;
};

/// The version of libtiff that this was compiled with.
const char *shim_tiff_library_version(void);
/// What libtiff said last of what is wrong with a file; empty where nothing was.
const char *shim_tiff_message(void);
/// Opens a file; NULL where that fails.
void *shim_tiff_open(const char *path);
void shim_tiff_close(void *file);
int shim_tiff_image(void *file, struct shim_tiff_image *image);
/// The numbers of a tag of doubles, as many as fit; the result is how many there are, 0 where there is no such tag.
int shim_tiff_numbers(void *file, uint32_t tag, double *numbers, int capacity);
/// The text of a tag; NULL where there is none. It lives as long as the file is open.
const char *shim_tiff_text(void *file, uint32_t tag);
/// Whether the file has keys of coordinates at all.
int shim_tiff_has_keys(void *file);
/// The value of a key; not 0 where there is none.
int shim_tiff_key(void *file, int key, int *value);

enum { SHIM_TIFF_DONE = 0, SHIM_TIFF_FAILED = 1, SHIM_TIFF_NEVER_WRITTEN = 2 };

/// Reads a row, of all samples where these are not separate. Rows of a compressed strip are read one after the other, from
/// its first, which may be read again.
int shim_tiff_read_row(void *file, uint32_t row, uint16_t sample, void *bytes);
/// Reads the tile at a column and row of the image, of all samples where these are not separate.
int shim_tiff_read_tile(void *file, uint32_t column, uint32_t row, uint16_t sample, void *bytes, size_t capacity);
