#pragma once
#include <stdint.h>
#include <stddef.h>

// netCDF in every format, serially: headers, classic files and all writing. Every function returns NC_NOERR (0) or a
// netCDF error code for shim_netcdf_error_text.

enum shim_netcdf_type {
  SHIM_NETCDF_BYTE = 1,
  SHIM_NETCDF_CHAR = 2,
  SHIM_NETCDF_SHORT = 3,
  SHIM_NETCDF_INT = 4,
  SHIM_NETCDF_FLOAT = 5,
  SHIM_NETCDF_DOUBLE = 6,
  SHIM_NETCDF_UBYTE = 7,
  SHIM_NETCDF_USHORT = 8,
  SHIM_NETCDF_UINT = 9,
  SHIM_NETCDF_INT64 = 10,
  SHIM_NETCDF_UINT64 = 11,
  SHIM_NETCDF_STRING = 12
};

/// Formats as netCDF numbers them.
enum shim_netcdf_format {
  SHIM_NETCDF_CLASSIC = 1,
  SHIM_NETCDF_64BIT_OFFSET = 2,
  SHIM_NETCDF_NETCDF4 = 3,
  SHIM_NETCDF_NETCDF4_CLASSIC = 4,
  SHIM_NETCDF_CDF5 = 5
};

enum { SHIM_NETCDF_MAX_NAME = 257, SHIM_NETCDF_MAX_DIMENSIONS = 64 };

const char *shim_netcdf_error_text(int code);
void shim_netcdf_library_version(char *text, size_t capacity);

int shim_netcdf_open(const char *path, int *file);
int shim_netcdf_open_for_writing(const char *path, int *file);
int shim_netcdf_close(int file);
/// Closes a file under construction and discards what is still in define mode.
int shim_netcdf_abort(int file);
int shim_netcdf_inquire(int file, int *format, int *dimensions, int *variables);
int shim_netcdf_dimension(int file, int dimension, char *name, size_t *length);
/// The dimensions that can grow, of which there must not be more than the capacity.
int shim_netcdf_unlimited(int file, int *count, int *dimensions, int capacity);
int shim_netcdf_variable_named(int file, const char *name, int *variable);
int shim_netcdf_variable(int file, int variable, char *name, int *type, int *rank, int *dimensions);
/// `chunked` is 0 for contiguous storage; `filtered` is 1 where chunks pass through deflate, shuffle or another filter.
int shim_netcdf_storage(int file, int variable, int *chunked, size_t *chunk_lengths, int *filtered);
/// 1 where what was never written reads as the fill value.
int shim_netcdf_has_fill(int file, int variable, int *has_fill);

int shim_netcdf_attribute(int file, int variable, const char *name, int *type, size_t *length);
int shim_netcdf_attribute_count(int file, int variable, int *count);
/// The name of the attribute with this number, from 0.
int shim_netcdf_attribute_name(int file, int variable, int number, char *name);
int shim_netcdf_attribute_text(int file, int variable, const char *name, char *text);
int shim_netcdf_attribute_double(int file, int variable, const char *name, double *values);
/// The first string of an NC_STRING attribute, or all of them, each on a line of its own, cut to the capacity.
int shim_netcdf_attribute_string(int file, int variable, const char *name, int all, char *text, size_t capacity);

int shim_netcdf_read_double(int file, int variable, const size_t *start, const size_t *count, double *values);
int shim_netcdf_read_float(int file, int variable, const size_t *start, const size_t *count, float *values);
int shim_netcdf_read_text(int file, int variable, const size_t *start, const size_t *count, char *text);
/// One element of an NC_STRING variable, cut to the capacity.
int shim_netcdf_read_string(int file, int variable, const size_t *index, char *text, size_t capacity);

int shim_netcdf_create(const char *path, int format, int *file);
int shim_netcdf_define_dimension(int file, const char *name, size_t length, int unlimited, int *dimension);
int shim_netcdf_define_variable(int file, const char *name, int type, int rank, const int *dimensions, int *variable);
/// Chunk lengths may be NULL (the library chooses); deflate level 0 means none.
int shim_netcdf_define_storage(int file, int variable, const size_t *chunk_lengths, int deflate, int shuffle);
/// Every element will be written, so netCDF need not fill them first.
int shim_netcdf_no_fill(int file, int variable);
int shim_netcdf_put_attribute_text(int file, int variable, const char *name, const char *text);
/// Numbers as an attribute of the netCDF type given.
int shim_netcdf_put_attribute_numbers(int file, int variable, const char *name, int type, size_t length,
                                      const double *values);
int shim_netcdf_end_definitions(int file);
int shim_netcdf_write_double(int file, int variable, const size_t *start, const size_t *count, const double *values);
int shim_netcdf_write_float(int file, int variable, const size_t *start, const size_t *count, const float *values);
int shim_netcdf_write_int(int file, int variable, const size_t *start, const size_t *count, const int32_t *values);
int shim_netcdf_write_text(int file, int variable, const size_t *start, const size_t *count, const char *text);
/// One element of an NC_STRING variable.
int shim_netcdf_write_string(int file, int variable, const size_t *index, const char *string);

enum { SHIM_NETCDF_GLOBAL = -1 };
