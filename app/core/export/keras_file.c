/* keras_file.c - HDF5 and zip, both written in memory. */
#include "keras_file.h"
#include <stdio.h>
#include <string.h>

#ifdef DIGITSCOPE_KERAS
#define H5_USE_110_API /* the same calls from 1.10 on */
#include <hdf5.h>
#include <zip.h>

/* ---- HDF5 ---------------------------------------------------------------------------------------------------------- */

/* Groups on the way to `path` are made. */
static bool write_array(hid_t file, const char *path, const keras_array *a)
{
    hsize_t dim[4];
    for (int i = 0; i < a->rank; i++)
        dim[i] = (hsize_t)a->dim[i];
    hid_t links = H5Pcreate(H5P_LINK_CREATE), creation = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(a->rank, dim, NULL);
    H5Pset_create_intermediate_group(links, 1);
    H5Pset_obj_track_times(creation, false); /* the same model gives the same file */
    hid_t set = H5Dcreate2(file, path, H5T_IEEE_F32LE, space, links, creation, H5P_DEFAULT);
    bool ok = set >= 0 && H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, a->values) >= 0;
    ok = set >= 0 && H5Dclose(set) >= 0 && ok;
    H5Sclose(space);
    H5Pclose(creation);
    H5Pclose(links);
    return ok;
}

/* What the network itself has: nothing, but the group must be there. */
static bool write_root(hid_t file)
{
    hid_t group = H5Gcreate2(file, "vars", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    return group >= 0 && H5Gclose(group) >= 0;
}

static bool write_arrays(hid_t file, const keras_weights *layers, int n)
{
    bool ok = write_root(file);
    for (int i = 0; i < n; i++)
        for (int k = 0; ok && k < layers[i].n; k++) {
            char path[NN_NAME + 32];
            snprintf(path, sizeof path, "layers/%s/vars/%d", layers[i].group, k);
            ok = write_array(file, path, &layers[i].array[k]);
        }
    return ok;
}

/* The bytes of the file, nn_alloc. */
static unsigned char *file_image(hid_t file, size_t *len)
{
    ssize_t size = H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0 ? H5Fget_file_image(file, NULL, 0) : -1;
    unsigned char *image = size > 0 ? nn_alloc((size_t)size, 1) : NULL;
    *len = image ? (size_t)size : 0;
    if (image && H5Fget_file_image(file, image, (size_t)size) != size) {
        nn_free(image);
        return NULL;
    }
    return image;
}

static unsigned char *write_hdf5(const keras_weights *layers, int n, size_t *len)
{
    enum { GROWS_BY = 1 << 20 };
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = -1;
    unsigned char *image = NULL;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* errors are ours to say */
    if (access >= 0 && H5Pset_fapl_core(access, GROWS_BY, false) >= 0)
        file = H5Fcreate("weights", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    if (file >= 0 && write_arrays(file, layers, n))
        image = file_image(file, len);
    if (file >= 0)
        H5Fclose(file);
    H5Pclose(access);
    return image;
}

/* ---- zip ----------------------------------------------------------------------------------------------------------- */

/* As it is, without compression, with one date for all times. */
static bool add_member(zip_t *zip, const char *name, const void *bytes, size_t len)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, len, 0);
    zip_int64_t index = source ? zip_file_add(zip, name, source, 0) : -1;
    if (source && index < 0)
        zip_source_free(source);
    return index >= 0 && zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(zip, (zip_uint64_t)index, 0, 0x21, 0) == 0; /* 1 January 1980 */
}

static bool copy_source(buffer *out, zip_source_t *source)
{
    char bytes[4096];
    zip_int64_t n = -1;
    if (zip_source_open(source) != 0)
        return false;
    while ((n = zip_source_read(source, bytes, sizeof bytes)) > 0)
        buffer_add_bytes(out, bytes, (size_t)n);
    zip_source_close(source);
    return n == 0;
}

static bool write_zip(buffer *out, const char *metadata, const char *config, const unsigned char *weights, size_t len)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_TRUNCATE, &why) : NULL;
    if (source && !zip)
        zip_source_free(source);
    zip_error_fini(&why);
    if (!zip)
        return false;
    zip_source_keep(source);
    bool ok = add_member(zip, "metadata.json", metadata, strlen(metadata)) &&
              add_member(zip, "config.json", config, strlen(config)) &&
              add_member(zip, "model.weights.h5", weights, len);
    if (!ok || zip_close(zip) != 0) {
        zip_discard(zip);
        ok = false;
    }
    ok = ok && copy_source(out, source);
    zip_source_free(source);
    return ok;
}

bool keras_file(buffer *out, const char *metadata, const char *config, const keras_weights *layers, int n,
                nn_error *err)
{
    size_t len;
    unsigned char *weights = write_hdf5(layers, n, &len);
    bool ok = weights && write_zip(out, metadata, config, weights, len);
    nn_free(weights);
    return ok || nn_fail(err, NN_NOMEM, 0, "out of memory for the file");
}

#else

bool keras_file(buffer *out, const char *metadata, const char *config, const keras_weights *layers, int n,
                nn_error *err)
{
    (void)out, (void)metadata, (void)config, (void)layers, (void)n;
    return nn_fail(err, NN_USAGE, 0, "Keras files cannot be written: this program was built without libhdf5 or libzip");
}

#endif
