#include "shim_netcdf.h"

#include <netcdf.h>
#include <netcdf_filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(SHIM_NETCDF_BYTE == NC_BYTE && SHIM_NETCDF_STRING == NC_STRING && SHIM_NETCDF_UINT64 == NC_UINT64,
               "type codes follow netcdf.h");
_Static_assert(SHIM_NETCDF_CDF5 == NC_FORMAT_CDF5 && SHIM_NETCDF_NETCDF4 == NC_FORMAT_NETCDF4,
               "format codes follow netcdf.h");
_Static_assert(SHIM_NETCDF_MAX_NAME == NC_MAX_NAME + 1 && SHIM_NETCDF_GLOBAL == NC_GLOBAL, "constants follow netcdf.h");

const char *shim_netcdf_error_text(int code) { return nc_strerror(code); }

void shim_netcdf_library_version(char *text, size_t capacity) {
  snprintf(text, capacity, "%s", nc_inq_libvers());
  for (char *c = text; *c; c++) {
    if (*c == ' ') {
      *c = '\0';
      break;
    }
  }
}

int shim_netcdf_open(const char *path, int *file) { return nc_open(path, NC_NOWRITE, file); }
int shim_netcdf_open_for_writing(const char *path, int *file) { return nc_open(path, NC_WRITE, file); }
int shim_netcdf_close(int file) { return nc_close(file); }
int shim_netcdf_abort(int file) { return nc_abort(file); }

int shim_netcdf_inquire(int file, int *format, int *dimensions, int *variables) {
  int code = nc_inq_format(file, format);
  if (code != NC_NOERR) return code;
  return nc_inq(file, dimensions, variables, NULL, NULL);
}

int shim_netcdf_dimension(int file, int dimension, char *name, size_t *length) {
  return nc_inq_dim(file, dimension, name, length);
}

int shim_netcdf_unlimited(int file, int *count, int *dimensions, int capacity) {
  int code = nc_inq_unlimdims(file, count, NULL);
  if (code != NC_NOERR) return code;
  return *count > capacity ? NC_EMAXDIMS : nc_inq_unlimdims(file, count, dimensions);
}

int shim_netcdf_variable_named(int file, const char *name, int *variable) { return nc_inq_varid(file, name, variable); }

int shim_netcdf_variable(int file, int variable, char *name, int *type, int *rank, int *dimensions) {
  int code = nc_inq_varndims(file, variable, rank);
  if (code != NC_NOERR) return code;
  if (*rank > SHIM_NETCDF_MAX_DIMENSIONS) return NC_EMAXDIMS;
  // The number of attributes is not asked for: the library would read them all.
  return nc_inq_var(file, variable, name, type, rank, dimensions, NULL);
}

int shim_netcdf_storage(int file, int variable, int *chunked, size_t *chunk_lengths, int *filtered) {
  int format = 0;
  int code = nc_inq_format(file, &format);
  if (code != NC_NOERR) return code;
  *chunked = 0;
  *filtered = 0;
  if (format != NC_FORMAT_NETCDF4 && format != NC_FORMAT_NETCDF4_CLASSIC) return NC_NOERR;
  int storage = 0;
  code = nc_inq_var_chunking(file, variable, &storage, chunk_lengths);
  if (code != NC_NOERR) return code;
  *chunked = storage == NC_CHUNKED;
  size_t filters = 0;
  code = nc_inq_var_filter_ids(file, variable, &filters, NULL);
  *filtered = filters > 0;
  return code;
}

int shim_netcdf_has_fill(int file, int variable, int *has_fill) {
  int has_none = 0;
  int code = nc_inq_var_fill(file, variable, &has_none, NULL);
  *has_fill = !has_none;
  return code;
}

int shim_netcdf_attribute(int file, int variable, const char *name, int *type, size_t *length) {
  return nc_inq_att(file, variable, name, type, length);
}

int shim_netcdf_attribute_count(int file, int variable, int *count) { return nc_inq_varnatts(file, variable, count); }

int shim_netcdf_attribute_name(int file, int variable, int number, char *name) {
  return nc_inq_attname(file, variable, number, name);
}

int shim_netcdf_attribute_text(int file, int variable, const char *name, char *text) {
  return nc_get_att_text(file, variable, name, text);
}

int shim_netcdf_attribute_double(int file, int variable, const char *name, double *values) {
  return nc_get_att_double(file, variable, name, values);
}

int shim_netcdf_attribute_string(int file, int variable, const char *name, int all, char *text, size_t capacity) {
  size_t length = 0;
  int code = nc_inq_attlen(file, variable, name, &length);
  if (code != NC_NOERR) return code;
  text[0] = '\0';
  if (length == 0) return NC_NOERR;
  char **strings = calloc(length, sizeof *strings);
  if (!strings) return NC_ENOMEM;
  code = nc_get_att_string(file, variable, name, strings);
  if (code == NC_NOERR) {
    size_t used = 0;
    for (size_t i = 0; i < (all ? length : 1) && used + 1 < capacity; i++) {
      int written = snprintf(text + used, capacity - used, "%s%s", i ? "\n" : "", strings[i] ? strings[i] : "");
      if (written > 0) used += (size_t)written;
    }
    code = nc_free_string(length, strings);
  }
  free(strings);
  return code;
}

int shim_netcdf_read_double(int file, int variable, const size_t *start, const size_t *count, double *values) {
  return nc_get_vara_double(file, variable, start, count, values);
}

int shim_netcdf_read_float(int file, int variable, const size_t *start, const size_t *count, float *values) {
  return nc_get_vara_float(file, variable, start, count, values);
}

int shim_netcdf_read_text(int file, int variable, const size_t *start, const size_t *count, char *text) {
  return nc_get_vara_text(file, variable, start, count, text);
}

int shim_netcdf_read_string(int file, int variable, const size_t *index, char *text, size_t capacity) {
  char *string = NULL;
  int code = nc_get_var1_string(file, variable, index, &string);
  if (code != NC_NOERR) return code;
  snprintf(text, capacity, "%s", string ? string : "");
  return nc_free_string(1, &string);
}

int shim_netcdf_create(const char *path, int format, int *file) {
  int mode = NC_CLOBBER;
  switch (format) {
    case SHIM_NETCDF_64BIT_OFFSET: mode |= NC_64BIT_OFFSET; break;
    case SHIM_NETCDF_NETCDF4: mode |= NC_NETCDF4; break;
    case SHIM_NETCDF_NETCDF4_CLASSIC: mode |= NC_NETCDF4 | NC_CLASSIC_MODEL; break;
    case SHIM_NETCDF_CDF5: mode |= NC_64BIT_DATA; break;
    default: break;
  }
  return nc_create(path, mode, file);
}

int shim_netcdf_define_dimension(int file, const char *name, size_t length, int unlimited, int *dimension) {
  return nc_def_dim(file, name, unlimited ? NC_UNLIMITED : length, dimension);
}

int shim_netcdf_define_variable(int file, const char *name, int type, int rank, const int *dimensions, int *variable) {
  return nc_def_var(file, name, type, rank, dimensions, variable);
}

int shim_netcdf_define_storage(int file, int variable, const size_t *chunk_lengths, int deflate, int shuffle) {
  int code = NC_NOERR;
  if (chunk_lengths) code = nc_def_var_chunking(file, variable, NC_CHUNKED, chunk_lengths);
  if (code == NC_NOERR && (deflate > 0 || shuffle)) code = nc_def_var_deflate(file, variable, shuffle, deflate > 0, deflate);
  return code;
}

int shim_netcdf_no_fill(int file, int variable) { return nc_def_var_fill(file, variable, NC_NOFILL, NULL); }

int shim_netcdf_put_attribute_text(int file, int variable, const char *name, const char *text) {
  return nc_put_att_text(file, variable, name, strlen(text), text);
}

int shim_netcdf_put_attribute_numbers(int file, int variable, const char *name, int type, size_t length,
                                      const double *values) {
  return nc_put_att_double(file, variable, name, type, length, values);
}

int shim_netcdf_end_definitions(int file) { return nc_enddef(file); }

int shim_netcdf_write_double(int file, int variable, const size_t *start, const size_t *count, const double *values) {
  return nc_put_vara_double(file, variable, start, count, values);
}

int shim_netcdf_write_float(int file, int variable, const size_t *start, const size_t *count, const float *values) {
  return nc_put_vara_float(file, variable, start, count, values);
}

int shim_netcdf_write_int(int file, int variable, const size_t *start, const size_t *count, const int32_t *values) {
  return nc_put_vara_int(file, variable, start, count, values);
}

int shim_netcdf_write_text(int file, int variable, const size_t *start, const size_t *count, const char *text) {
  return nc_put_vara_text(file, variable, start, count, text);
}

int shim_netcdf_write_string(int file, int variable, const size_t *index, const char *string) {
  return nc_put_var1_string(file, variable, index, &string);
}
