#include <algorithm>
#include <cstring>

#include "tensor_table.h"

namespace basin::inline BASIN_ISA {

// As many as fit into the 4 KiB of parameters that every driver takes.
struct Words {
    static constexpr int64_t most = 500;
    int64_t data[most];
};

__global__ void write_words(int64_t* to, Words words, int64_t count) {
    const int64_t i = int64_t(threadIdx.x);
    if (i < count) to[i] = words.data[i];
}

void table_write(void* stream, int64_t* to, const int64_t* from, int64_t count) {
    for (int64_t first = 0; first < count; first += Words::most) {
        const int64_t part = std::min(Words::most, count - first);
        Words words;
        std::memcpy(words.data, from + first, size_t(part) * sizeof(int64_t));
        launch(write_words, 1, unsigned(Words::most), 0, stream, to + first, words, part);
    }
}

}

void basin_cuda_table_write(void* stream, int64_t* to, const int64_t* words, int64_t count) {
    basin::table_write(stream, to, words, count);
}
