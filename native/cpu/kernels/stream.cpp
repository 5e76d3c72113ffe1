#include <utility>

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {
namespace {

// Written past the caches: whole vectors that lie as the instruction wants them, others as usual.
struct WriteAround {
    float* data;

    template <class Span>
    BASIN_HD Float get(int64_t, Span) const { return Float(0.0f); }
    BASIN_HD void put(int64_t i, All, Float x) const { store_around(data + i, x.v); }
    template <class Span>
    BASIN_HD void put(int64_t i, Span span, Float x) const { store(data + i, span, x); }
};

// Over updates, then reads, then writes: which is which follows from the position.
template <int updates, int reads>
struct LeastWork {
    template <class... T>
    BASIN_HD void operator()(T&... stream) const {
        Float sum(0.0f);
        int position = 0;
        ((sum = is_read(position++) ? sum + stream : sum), ...);
        keep(sum.v);
        position = 0;
        ((stream = changed(position++, stream, sum)), ...);
    }

private:
    BASIN_HD static constexpr bool is_read(int position) { return position >= updates && position < updates + reads; }

    BASIN_HD static Float changed(int position, Float stream, Float sum) {
        if (is_read(position)) return stream;
        return position < updates ? stream * Float(0.5f) + sum : sum;
    }
};

struct Streams {
    float* updates[3];
    const float* reads[3];
    float* writes[2];
    int64_t begin;
    int64_t end;
};

template <class Writer, int updates, int reads, int writes, int... u, int... r, int... w>
void run(
    const Streams& streams, std::integer_sequence<int, u...>, std::integer_sequence<int, r...>,
    std::integer_sequence<int, w...>) {
    elementwise(
        streams.begin, streams.end, LeastWork<updates, reads>{}, ReadWrite<float>{streams.updates[u]}...,
        Read<float>{streams.reads[r]}..., Writer{streams.writes[w]}...);
}

template <class Writer, int updates, int reads, int writes>
void run(const Streams& streams) {
    if constexpr (updates + reads + writes > 0) {
        run<Writer, updates, reads, writes>(
            streams, std::make_integer_sequence<int, updates>{}, std::make_integer_sequence<int, reads>{},
            std::make_integer_sequence<int, writes>{});
    }
}

// How many are given; these come to lie in front. No algorithm of the standard library: the linker could take the copy
// that was compiled for another instruction set.
template <int most, class Pointer>
int given(Pointer (&streams)[most]) {
    int number = 0;
    for (Pointer stream : streams) {
        if (stream != nullptr) streams[number++] = stream;
    }
    return number;
}

// Calls body with a count that the compiler knows.
template <int most, class Body>
void with_count(int count, Body body) {
    if (count == most) {
        body(std::integral_constant<int, most>{});
    } else if constexpr (most > 0) {
        with_count<most - 1>(count, body);
    }
}

}

void stream(
    float* update0, float* update1, float* update2, const float* read0, const float* read1, const float* read2,
    float* write0, float* write1, int64_t begin, int64_t end, int32_t non_temporal) {
    Streams streams{{update0, update1, update2}, {read0, read1, read2}, {write0, write1}, begin, end};
    with_count<3>(given(streams.updates), [&](auto u) {
        with_count<3>(given(streams.reads), [&](auto r) {
            with_count<2>(given(streams.writes), [&](auto w) {
                if (w() > 0 && non_temporal != 0) {
                    run<WriteAround, u(), r(), w()>(streams);
                } else {
                    run<Write<float>, u(), r(), w()>(streams);
                }
            });
        });
    });
    finish_stores_around();
}

}
