/* sound_array.h - what must hold for arrays that a reader accepted. */
#ifndef SOUND_ARRAY_H
#define SOUND_ARRAY_H

#include "app/core/data/array.h"

/* Asks for images and labels along every axis: they are made, or refused with a reason. */
void require_sound_array(const array *a);

#endif
