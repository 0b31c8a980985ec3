/* foreign_kind.c - magic numbers, the names in a zip, and the outermost fields of a protobuf. */
#include "foreign_kind.h"
#include "nn/safetensors.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- what begins with bytes of its own --------------------------------------------------------------------------- */

typedef struct magic {
    size_t at, len;
    const char *bytes;
    foreign_kind kind;
} magic;

static const magic magics[] = {
    {0, 8, "\x89HDF\r\n\x1a\n", FOREIGN_HDF5},
    {4, 4, "TFL3", FOREIGN_TFLITE},
    {0, 14, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", FOREIGN_TORCH_OLD},
    {0, 24, "version https://git-lfs.", FOREIGN_LFS},
    {0, 2, "\x1f\x8b", FOREIGN_ARCHIVE}, /* gzip */
    {0, 4, "7z\xbc\xaf", FOREIGN_ARCHIVE},
    {0, 4, "Rar!", FOREIGN_ARCHIVE},
    {0, 3, "BZh", FOREIGN_ARCHIVE}, /* bzip2 */
    {0, 6, "\xfd\x37zXZ\0", FOREIGN_ARCHIVE},
    {257, 5, "ustar", FOREIGN_ARCHIVE}, /* tar */
    {0, 4, "GGUF", FOREIGN_GGUF},
    {0, 6, "\x93NUMPY", FOREIGN_ARRAY},
    {0, 4, "\x89PNG", FOREIGN_PICTURE},
    {0, 3, "\xff\xd8\xff", FOREIGN_PICTURE}, /* JPEG */
    {0, 4, "%PDF", FOREIGN_PICTURE},
};

static const magic *find_magic(const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (len >= magics[i].at + magics[i].len && memcmp(data + magics[i].at, magics[i].bytes, magics[i].len) == 0)
            return &magics[i];
    return NULL;
}

/* ---- zips -------------------------------------------------------------------------------------------------------- */

static bool has_text(const unsigned char *name, size_t len, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(name + i, text, n) == 0)
            return true;
    return false;
}

/* Whether an entry's name has the text in it: of the list at the end, or of the entries where that is cut off. */
static bool zip_names(const unsigned char *data, size_t len, const char *text)
{
    for (size_t i = 0; i + 46 <= len; i++) {
        bool listed = data[i] == 'P' && memcmp(data + i, "PK\1\2", 4) == 0;
        if (!listed && (data[i] != 'P' || memcmp(data + i, "PK\3\4", 4) != 0))
            continue;
        size_t length_at = i + (listed ? 28 : 26), at = i + (listed ? 46 : 30);
        size_t n = data[length_at] | (size_t)data[length_at + 1] << 8;
        if (n <= len - at && has_text(data + at, n, text))
            return true;
    }
    return false;
}

static foreign_kind zip_kind(const unsigned char *data, size_t len)
{
    if (zip_names(data, len, "constants.pkl") && zip_names(data, len, "code/"))
        return FOREIGN_TORCHSCRIPT;
    if (zip_names(data, len, "data.pkl"))
        return FOREIGN_TORCH;
    if (zip_names(data, len, "config.json") || zip_names(data, len, "model.weights.h5"))
        return FOREIGN_KERAS;
    return zip_names(data, len, "saved_model.pb") ? FOREIGN_TENSORFLOW
           : zip_names(data, len, ".npy")         ? FOREIGN_ARRAY
           : has_text(data, len, "PK\5\6")        ? FOREIGN_ARCHIVE
                                                  : FOREIGN_BROKEN;
}

/* ---- protobuf ---------------------------------------------------------------------------------------------------- */

static bool read_varint(const unsigned char *data, size_t len, size_t *at, unsigned long long *value)
{
    *value = 0;
    for (int shift = 0; *at < len && shift < 64; shift += 7) {
        unsigned char byte = data[(*at)++];
        *value |= (unsigned long long)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* Which of the fields 1..31 stand at the outermost level, as bits; the last one may be cut off. 0: no protobuf. */
static unsigned long protobuf_fields(const unsigned char *data, size_t len)
{
    unsigned long fields = 0;
    unsigned long long tag, value;
    for (size_t at = 0; at < len;) {
        if (!read_varint(data, len, &at, &tag) || tag >> 3 == 0 || tag >> 3 > 31)
            return 0;
        fields |= 1ul << (tag >> 3);
        bool ok = (tag & 7) == 5 || (tag & 7) == 1 || read_varint(data, len, &at, &value);
        size_t skip = (tag & 7) == 5 ? 4 : (tag & 7) == 1 ? 8 : (tag & 7) == 2 ? (size_t)value : 0;
        if (!ok || ((tag & 7) != 0 && (tag & 7) != 2 && skip == 0))
            return 0;
        if (skip > len - at)
            return fields;
        at += skip;
    }
    return fields;
}

/* ONNX: its version first, and the graph (7) or its operators' versions (8); TensorFlow: its schema's version (1), then graphs (2). */
static foreign_kind protobuf_kind(const unsigned char *data, size_t len)
{
    unsigned long fields = protobuf_fields(data, len);
    bool versioned = len > 2 && data[0] == 0x08 && data[1] < 0x20;
    if ((versioned && fields & (1ul << 7 | 1ul << 8)) || (~fields & (1ul << 7 | 1ul << 8)) == 0)
        return FOREIGN_ONNX;
    bool graph = fields & 1ul << 1 && has_text(data, len < 4096 ? len : 4096, "Placeholder");
    bool saved =
        fields == (1ul << 1 | 1ul << 2) && data[0] == 0x08 && len > 64; /* not the first bytes of an ONNX file */
    return graph || saved ? FOREIGN_TENSORFLOW : FOREIGN_UNKNOWN;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

static bool begins(const char *text, const char *word)
{
    for (; *word; text++, word++)
        if (tolower((unsigned char)*text) != *word)
            return false;
    return true;
}

static foreign_kind text_kind(const unsigned char *data, size_t len)
{
    const char *text = (const char *)data;
    while (isspace((unsigned char)*text))
        text++;
    if (!*text && text == (const char *)data + len)
        return FOREIGN_EMPTY;
    if (begins(text, "<!doctype") || begins(text, "<html"))
        return FOREIGN_PAGE;
    if (*text == '{' && has_text(data, len, "\"cells\""))
        return FOREIGN_NOTEBOOK;
    if (*text == '{' && (has_text(data, len, "\"class_name\"") || has_text(data, len, "modelTopology")))
        return FOREIGN_LAYERS;
    for (size_t i = 0; i < len; i++)
        if (data[i] < 9 || data[i] > 0xf7)
            return FOREIGN_UNKNOWN;
    return FOREIGN_TEXT;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static bool is_safetensors(const unsigned char *data, size_t len)
{
    return len >= 10 && data[8] == '{' && data[4] == 0 && data[5] == 0 && data[6] == 0 && data[7] == 0;
}

static bool is_pickle(const unsigned char *data, size_t len)
{
    return len >= 2 && data[0] == 0x80 && data[1] >= 2 && data[1] <= 5;
}

static foreign_kind pickle_kind(const unsigned char *data, size_t len)
{
    return has_text(data, len, "sklearn") ? FOREIGN_PICKLE_SKLEARN
           : has_text(data, len, "torch") ? FOREIGN_PICKLE_TORCH
                                          : FOREIGN_PICKLE;
}

foreign_kind foreign_recognise(const unsigned char *data, size_t len)
{
    const magic *known = find_magic(data, len);
    const size_t header = 1 << 20;
    if (known)
        return known->kind;
    if (is_safetensors(data, len))
        return has_text(data, len < header ? len : header, "digitscope.version")   ? FOREIGN_OURS
               : has_text(data, len < header ? len : header, "digitscope.history") ? FOREIGN_HISTORY
                                                                                   : FOREIGN_SAFETENSORS;
    if (len >= 4 && memcmp(data, "PK\3\4", 4) == 0)
        return zip_kind(data, len);
    if (is_pickle(data, len))
        return pickle_kind(data, len);
    foreign_kind kind = text_kind(data, len);
    return kind == FOREIGN_UNKNOWN ? protobuf_kind(data, len) : kind;
}

/* PyTorch's exporter calls them MODEL.onnx.data, others .onnx_data. */
foreign_kind foreign_recognise_file(const char *path, const unsigned char *data, size_t len)
{
    foreign_kind kind = foreign_recognise(data, len);
    size_t n = strlen(path), end = strlen(".onnx.data");
    bool named = n > end && (strcmp(path + n - end, ".onnx.data") == 0 || strcmp(path + n - end, ".onnx_data") == 0);
    return kind == FOREIGN_UNKNOWN && named ? FOREIGN_ONNX_WEIGHTS : kind;
}

bool foreign_is_model(foreign_kind kind)
{
    return kind != FOREIGN_OURS && kind != FOREIGN_HISTORY && kind != FOREIGN_EMPTY && kind != FOREIGN_TEXT &&
           kind != FOREIGN_PICTURE && kind != FOREIGN_UNKNOWN;
}

/* With what to do instead. */
static const char *what_it_is(foreign_kind kind)
{
    switch (kind) {
    case FOREIGN_OURS: return "a model of Digitscope already";
    case FOREIGN_HISTORY: return "the history of a training: open it in the window, to go back in time";
    case FOREIGN_ONNX: return "an ONNX model, which this program was built without: libprotobuf-c is missing";
    case FOREIGN_ONNX_WEIGHTS:
        return "only the weights of an ONNX model: open the file beside it whose name ends with .onnx";
    case FOREIGN_HDF5: return "an HDF5 file of Keras, which this program was built without: libhdf5 is missing";
    case FOREIGN_KERAS: return "a Keras model, which this program was built without: libhdf5 or libzip is missing";
    case FOREIGN_TORCH:
    case FOREIGN_TORCH_OLD: return "a file of PyTorch's, which this program was built without: libzip is missing";
    case FOREIGN_SAFETENSORS: return "a file of safetensors that Digitscope did not write";
    case FOREIGN_TFLITE: return "a TensorFlow Lite model";
    case FOREIGN_EMPTY: return "an empty file: download it once more";
    case FOREIGN_LFS:
        return "a pointer of Git LFS, not the model itself: run `git lfs pull`, or download the file from its page";
    case FOREIGN_PAGE: return "a web page, not a model: on that page there is a button that downloads the file itself";
    case FOREIGN_NOTEBOOK: return "a Jupyter notebook: run it, and open the model that it saves";
    case FOREIGN_LAYERS:
        return "the layers of a network without its weights: open the .h5 or .keras file that belongs to it";
    case FOREIGN_TEXT: return "a text, not a model";
    case FOREIGN_ARCHIVE: return "an archive: unpack it, then open the model in it";
    case FOREIGN_BROKEN: return "a zip file that is broken or cut short: download or save it once more";
    case FOREIGN_PICKLE:
        return "a Python pickle, which may run any program when it is opened, so it is not. From Python: save the "
               "network in it as ONNX";
    case FOREIGN_PICKLE_TORCH:
        return "a Python pickle, which may run any program when it is opened, so it is not. From Python: "
               "torch.save(model.state_dict(), 'model.pt')";
    case FOREIGN_PICKLE_SKLEARN:
        return "a Python pickle, which may run any program when it is opened, so it is not. From Python: "
               "onnx.save(skl2onnx.to_onnx(model, X[:1]), 'model.onnx')";
    case FOREIGN_TORCHSCRIPT:
        return "a TorchScript program, which would have to be run, so it is not. From Python: "
               "torch.onnx.export(torch.jit.load('model.pt'), torch.zeros(1, 1, 28, 28), 'model.onnx')";
    case FOREIGN_TENSORFLOW:
        return "a graph of TensorFlow. From a shell: python3 -m tf2onnx.convert --saved-model FOLDER --output "
               "model.onnx";
    case FOREIGN_GGUF: return "a language model, which reads no pictures";
    case FOREIGN_ARRAY: return "an array of NumPy's, not a model: drop it on Learn if it is a data set";
    case FOREIGN_PICTURE: return "a picture or a document, not a model";
    case FOREIGN_UNKNOWN: break;
    }
    return "no model of a known kind, which are those of ONNX, Keras, PyTorch, TensorFlow Lite and safetensors";
}

bool foreign_refuse(foreign_kind kind, nn_error *err)
{
    return nn_fail(err, NN_FORMAT, 0, "this is %s", what_it_is(kind));
}

/* Of those that there may be a reader for; "" of the rest. */
static const char *what_import_opens(foreign_kind kind)
{
    switch (kind) {
    case FOREIGN_ONNX: return "an ONNX model";
    case FOREIGN_HDF5: return "an HDF5 file, as Keras writes them";
    case FOREIGN_KERAS: return "a Keras model";
    case FOREIGN_TORCH:
    case FOREIGN_TORCH_OLD: return "a file of PyTorch's";
    case FOREIGN_SAFETENSORS: return "a file of safetensors that Digitscope did not write";
    case FOREIGN_TFLITE: return "a TensorFlow Lite model";
    default: return "";
    }
}

static bool ends_with(const char *path, const char *ending)
{
    size_t len = strlen(path), n = strlen(ending);
    return len > n && strcasecmp(path + len - n, ending) == 0;
}

static foreign_kind kind_named(const char *path)
{
    static const struct {
        const char *ending;
        foreign_kind kind;
    } names[] = {{".onnx", FOREIGN_ONNX}, {".safetensors", FOREIGN_OURS}, {".keras", FOREIGN_KERAS},
                 {".h5", FOREIGN_HDF5},   {".hdf5", FOREIGN_HDF5},        {".tflite", FOREIGN_TFLITE},
                 {".pt", FOREIGN_TORCH},  {".pth", FOREIGN_TORCH}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ends_with(path, names[i].ending))
            return names[i].kind;
    return FOREIGN_UNKNOWN;
}

static const char *what_is_promised(foreign_kind kind)
{
    return kind == FOREIGN_OURS ? "a model in a file of safetensors" : what_import_opens(kind);
}

bool foreign_refuse_by_name(const char *path, nn_error *err)
{
    foreign_kind kind = kind_named(path);
    if (kind != FOREIGN_UNKNOWN)
        return !nn_fail(err, NN_FORMAT, 0, "by its name this is %s, but it does not begin like one: it is broken",
                        what_is_promised(kind));
    return ends_with(path, ".net") &&
           !nn_fail(err, NN_FORMAT, 0,
                    "this is the architecture of a network, not a model: put it among the models, and Learn lists it");
}

static bool may_be_own(foreign_kind kind, const unsigned char *data, size_t len)
{
    json_t *header;
    if (kind != FOREIGN_SAFETENSORS)
        return kind == FOREIGN_OURS || kind == FOREIGN_UNKNOWN;
    bool whole = nn_safetensors_open(data, len, &header, NULL);
    json_decref(header);
    return !whole;
}

bool foreign_refuse_as_own(const char *path, const unsigned char *data, size_t len, nn_error *err)
{
    foreign_kind kind = foreign_recognise_file(path, data, len);
    if (may_be_own(kind, data, len))
        return false;
    if (!*what_import_opens(kind))
        return foreign_refuse(kind, err);
    return nn_fail(err, NN_FORMAT, 0, "this is %s; `digitscope import` makes a model of Digitscope's from it",
                   what_import_opens(kind));
}
