#include "shim_tiff.h"

#if __has_include(<geotiff/geotiff.h>)
#include <geotiff/geotiff.h>
#include <geotiff/xtiffio.h>
#elif __has_include(<libgeotiff/geotiff.h>)
#include <libgeotiff/geotiff.h>
#include <libgeotiff/xtiffio.h>
#elif __has_include(<geotiff.h>)
#include <geotiff.h>
#include <xtiffio.h>
#else
#error "the headers of libgeotiff are missing: install libgeotiff-dev, or name their folder in SMT_MPI_CFLAGS (see docs/install.md)"
#endif
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <tiffio.h>

_Static_assert(SHIM_TIFF_UNSIGNED == SAMPLEFORMAT_UINT && SHIM_TIFF_SIGNED == SAMPLEFORMAT_INT &&
                   SHIM_TIFF_REAL == SAMPLEFORMAT_IEEEFP && SHIM_TIFF_VOID == SAMPLEFORMAT_VOID &&
                   SHIM_TIFF_YCBCR == PHOTOMETRIC_YCBCR,
               "formats follow tiff.h");
_Static_assert(SHIM_TIFF_PIXEL_SCALE == TIFFTAG_GEOPIXELSCALE && SHIM_TIFF_TIEPOINTS == TIFFTAG_GEOTIEPOINTS &&
                   SHIM_TIFF_TRANSFORMATION == TIFFTAG_GEOTRANSMATRIX && SHIM_TIFF_KEYS == TIFFTAG_GEOKEYDIRECTORY,
               "tags follow xtiffio.h");
_Static_assert((int)SHIM_TIFF_MODEL_TYPE == (int)GTModelTypeGeoKey &&
                   (int)SHIM_TIFF_RASTER_TYPE == (int)GTRasterTypeGeoKey &&
                   (int)SHIM_TIFF_ANGULAR_UNITS == (int)GeogAngularUnitsGeoKey &&
                   (int)SHIM_TIFF_PROJECTED_SYSTEM == (int)ProjectedCSTypeGeoKey,
               "keys follow geokeys.h");

struct file {
  TIFF *tiff;
  GTIF *keys;
};

static char message[512];
static TIFFExtendProc next_extender;

static void keep_message(const char *module, const char *format, va_list arguments) {
  (void)module;
  vsnprintf(message, sizeof message, format, arguments);
}

// Damaged keys count as missing; libgeotiff would write to standard error of its own.
static void ignore_message(GTIF *keys, int level, const char *format, ...) {
  (void)keys, (void)level, (void)format;
}

// GDAL's tags are not libtiff's own.
static void add_tags(TIFF *tiff) {
  static const TIFFFieldInfo tags[] = {
      {SHIM_TIFF_GDAL_METADATA, -1, -1, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GDALMetadata"},
      {SHIM_TIFF_GDAL_NODATA, -1, -1, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GDALNoDataValue"},
  };
  TIFFMergeFieldInfo(tiff, tags, sizeof tags / sizeof *tags);
  if (next_extender) next_extender(tiff);
}

static void prepare(void) {
  TIFFSetErrorHandler(keep_message);
  TIFFSetWarningHandler(NULL);
  XTIFFInitialize();
  next_extender = TIFFSetTagExtender(add_tags);
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

const char *shim_tiff_library_version(void) {
#ifdef TIFFLIB_VERSION_STR_MAJ_MIN_MIC
  return TIFFLIB_VERSION_STR_MAJ_MIN_MIC;
#else
  return TEXT(TIFFLIB_VERSION);
#endif
}

const char *shim_tiff_message(void) { return message; }

void *shim_tiff_open(const char *path) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, prepare);
  message[0] = '\0';
  struct file *file = malloc(sizeof *file);
  if (!file) return NULL;
  file->tiff = TIFFOpen(path, "r");
  if (!file->tiff) {
    free(file);
    return NULL;
  }
  file->keys = GTIFNewEx(file->tiff, ignore_message, NULL);
  return file;
}

void shim_tiff_close(void *handle) {
  struct file *file = handle;
  if (file->keys) GTIFFree(file->keys);
  TIFFClose(file->tiff);
  free(file);
}

int shim_tiff_image(void *handle, struct shim_tiff_image *image) {
  TIFF *tiff = ((struct file *)handle)->tiff;
  uint16_t planar = PLANARCONFIG_CONTIG;
  *image = (struct shim_tiff_image){.bits = 1, .samples = 1};
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &image->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &image->height))
    return 1;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &image->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &image->format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &image->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &image->compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &image->photometric);
  image->is_separate = planar == PLANARCONFIG_SEPARATE;
  image->is_readable = TIFFIsCODECConfigured(image->compression);
  if (TIFFIsTiled(tiff)) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &image->tile_width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &image->tile_height);
    image->tile_bytes = TIFFTileSize64(tiff);
  } else {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &image->rows_per_strip);
    image->row_bytes = TIFFScanlineSize64(tiff);
  }
  return 0;
}

int shim_tiff_numbers(void *handle, uint32_t tag, double *numbers, int capacity) {
  uint16_t count = 0;
  double *found = NULL;
  if (!TIFFGetField(((struct file *)handle)->tiff, tag, &count, &found) || !found) return 0;
  for (int i = 0; i < count && i < capacity; i++) numbers[i] = found[i];
  return count;
}

const char *shim_tiff_text(void *handle, uint32_t tag) {
  char *text = NULL;
  return TIFFGetField(((struct file *)handle)->tiff, tag, &text) ? text : NULL;
}

int shim_tiff_has_keys(void *handle) {
  struct file *file = handle;
  uint16_t count = 0;
  uint16_t *keys = NULL;
  return file->keys && TIFFGetField(file->tiff, TIFFTAG_GEOKEYDIRECTORY, &count, &keys) && count > 0;
}

int shim_tiff_key(void *handle, int key, int *value) {
  struct file *file = handle;
  int size = 0;
  tagtype_t type = TYPE_UNKNOWN;
  unsigned short number = 0;
  if (!file->keys || GTIFKeyInfo(file->keys, (geokey_t)key, &size, &type) < 1 || type != TYPE_SHORT ||
      GTIFKeyGet(file->keys, (geokey_t)key, &number, 0, 1) != 1)
    return 1;
  *value = number;
  return 0;
}

static int is_written(TIFF *tiff, uint32_t part) { return TIFFGetStrileByteCount(tiff, part) > 0; }

int shim_tiff_read_row(void *handle, uint32_t row, uint16_t sample, void *bytes) {
  TIFF *tiff = ((struct file *)handle)->tiff;
  if (!is_written(tiff, TIFFComputeStrip(tiff, row, sample))) return SHIM_TIFF_NEVER_WRITTEN;
  return TIFFReadScanline(tiff, bytes, row, sample) == 1 ? SHIM_TIFF_DONE : SHIM_TIFF_FAILED;
}

int shim_tiff_read_tile(void *handle, uint32_t column, uint32_t row, uint16_t sample, void *bytes, size_t capacity) {
  TIFF *tiff = ((struct file *)handle)->tiff;
  uint32_t tile = TIFFComputeTile(tiff, column, row, 0, sample);
  if (!is_written(tiff, tile)) return SHIM_TIFF_NEVER_WRITTEN;
  tmsize_t size = TIFFReadEncodedTile(tiff, tile, bytes, (tmsize_t)capacity);
  return size == (tmsize_t)capacity ? SHIM_TIFF_DONE : SHIM_TIFF_FAILED;
}
