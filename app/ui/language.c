/* language.c - the texts' language and the fonts' go together. */
#include "language.h"
#include "app/texts/texts.h"
#include <stdio.h>
#include <string.h>

void language_begin(app *self)
{
    nn_error_set_words(texts_error);
    texts_speak(texts_choose(self->options.language ? self->options.language : self->settings.language));
}

void language_set_fonts(app *self)
{
    bool right_to_left = strcmp(texts_get(TEXT_LANGUAGE_DIRECTION), "rtl") == 0;
    text_set_language(self->ui->text, texts_language(), texts_get(TEXT_LANGUAGE_SCRIPT), right_to_left);
}

void language_choose(app *self, int index)
{
    const char *code = texts_code(index);
    if (!code)
        return;
    texts_speak(code);
    snprintf(self->settings.language, sizeof self->settings.language, "%s", code);
    language_set_fonts(self);
}
