#include "kernels.h"
#include "scalars.h"
#include "scalars/verbalizer.h"

namespace basin::inline BASIN_ISA {

void verbalizer_pool(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* word_ids, const int32_t* word_classes,
    int32_t class_type, void* class_logits,
    int64_t row_begin, int64_t row_end, int64_t templates, int64_t vocabulary, int64_t words, int64_t classes,
    int32_t largest_word, int32_t largest_template) {
    static_cast<void>(vocabulary);
    for_scalars(row_begin, row_end, VerbalizerForward{
        VerbalizerPool{
            {logits_type, logits}, logits_stride, word_ids, word_classes, templates, words, classes, largest_word != 0,
            largest_template != 0},
        {class_type, class_logits}});
}

}
