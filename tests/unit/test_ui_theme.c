/* Both themes: contrast of everything that is read or used, and colours that stay apart without hue. */
#include "app/ui/kit/theme.h"
#include "app/ui/panels/panel.h"
#include "support/contrast.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const theme *const themes[] = {&theme_light, &theme_dark};

static void test_contrast_is_that_of_wcag(void **state)
{
    (void)state;
    assert_float_equal(contrast_of(0xffffffff, 0xff000000), 21, 0.01);
    assert_float_equal(contrast_of(0xff777777, 0xffffffff), 4.48, 0.01);
    assert_float_equal(contrast_of(0xff123456, 0xff123456), 1, 0.0001);
}

static void test_text_can_be_read(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const theme *t = themes[i];
        const struct {
            colour text, behind;
        } pairs[] = {{t->text, t->background},  {t->text, t->surface},      {t->text, t->hover},
                     {t->text, t->pressed},     {t->text, t->strip},        {t->text, t->paper},
                     {t->muted, t->background}, {t->muted, t->surface},     {t->muted, t->hover},
                     {t->muted, t->paper},      {t->on_accent, t->accent},  {t->warning, t->background},
                     {t->warning, t->surface},  {t->accent, t->background}, {t->ink, t->paper},
                     {t->background, t->text},  {t->text, t->track},        {t->accent, t->surface},
                     {t->warning, t->paper},    {t->muted, t->pressed},     {t->accent, t->paper}};
        for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
            if (contrast_of(pairs[k].text, pairs[k].behind) < 4.5)
                fail_msg("theme %d, pair %zu: %.2f", i, k, contrast_of(pairs[k].text, pairs[k].behind));
    }
}

static colour mix(colour under, colour over, float share)
{
    colour mixed = 0xff000000;
    for (int shift = 0; shift < 24; shift += 8) {
        float a = (float)(under >> shift & 255), b = (float)(over >> shift & 255);
        mixed |= (colour)(a + share * (b - a) + 0.5f) << shift;
    }
    return mixed;
}

static void test_tints_leave_text_readable(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const theme *t = themes[i];
        assert_true(contrast_of(t->text, mix(t->surface, t->accent, PANEL_TINT)) >= 4.5);
        assert_true(contrast_of(t->text, mix(t->surface, t->warning, PANEL_TINT)) >= 4.5);
    }
}

static void test_what_is_used_can_be_seen(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const theme *t = themes[i];
        const struct {
            colour shape, behind;
        } pairs[] = {{t->outline, t->background}, {t->outline, t->surface},    {t->bar, t->background},
                     {t->accent, t->surface},     {t->focus, t->background},   {t->focus, t->surface},
                     {t->focus, t->paper},        {t->outline, t->track},      {t->bar, t->track},
                     {t->bar, t->surface},        {t->accent, t->track},       {t->warning, t->track},
                     {t->warning, t->strip},      {t->accent, t->paper},       {t->outline, t->paper},
                     {t->pale_ink, t->paper},     {t->accent, t->strip},       {t->focus, t->hover},
                     {t->disabled, t->surface},   {t->disabled, t->background}};
        for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
            if (contrast_of(pairs[k].shape, pairs[k].behind) < 3)
                fail_msg("theme %d, pair %zu: %.2f", i, k, contrast_of(pairs[k].shape, pairs[k].behind));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contrast_is_that_of_wcag),
        cmocka_unit_test(test_text_can_be_read),
        cmocka_unit_test(test_tints_leave_text_readable),
        cmocka_unit_test(test_what_is_used_can_be_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
