// Where a row of logits is kept between the passes over it: in the registers of a warp, in the shared memory of a block, or
// nowhere, so that every pass reads it again. Threads take pieces of 16 bytes that begin at multiples of 16, wherever the row
// does; entries of a piece that lie outside of the row are -inf.
#pragma once

#include "row_call.h"
#include "team.h"

namespace basin::inline BASIN_ISA {

inline constexpr float infinity = __builtin_huge_valf();
inline constexpr float not_a_number = __builtin_nanf("");

// As four words, which travel as one access.
template <class L>
struct alignas(16) Piece {
    static constexpr int size = group_of<L>;
    uint32_t words[4];
};

__device__ inline float lowest(float) { return -infinity; }
__device__ inline BFloat16 lowest(BFloat16) { return BFloat16{0xFF80}; }

__device__ inline void put_entry(Piece<float>& piece, int i, float x) { piece.words[i] = bits_as<uint32_t>(x); }
__device__ inline void put_entry(Piece<BFloat16>& piece, int i, BFloat16 x) {
    piece.words[i / 2] = (piece.words[i / 2] & (i % 2 == 0 ? 0xFFFF0000u : 0xFFFFu)) | uint32_t(x.bits) << (16 * (i % 2));
}

__device__ inline void widen_piece(const Piece<float>& piece, float (&x)[4]) {
#pragma unroll
    for (int i = 0; i < 4; ++i) x[i] = bits_as<float>(piece.words[i]);
}
__device__ inline void widen_piece(const Piece<BFloat16>& piece, float (&x)[8]) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        x[2 * i] = bits_as<float>(piece.words[i] << 16);
        x[2 * i + 1] = bits_as<float>(piece.words[i] & 0xFFFF0000u);
    }
}

// The entries of a row in pieces: the first piece begins `lead` entries before the row.
template <class L>
struct RowOfPieces {
    const L* data;
    int classes;
    int lead;

    __device__ RowOfPieces(const L* row, int64_t n)
        : data(row), classes(int(n)), lead(int(reinterpret_cast<uintptr_t>(row) / sizeof(L) % Piece<L>::size)) {}

    __device__ int pieces() const { return (classes + lead + Piece<L>::size - 1) / Piece<L>::size; }
    __device__ int first(int piece) const { return piece * Piece<L>::size - lead; }
    __device__ bool is_whole(int first) const { return first >= 0 && first + Piece<L>::size <= classes; }
};

template <class L>
__device__ Piece<L> partial_piece(const RowOfPieces<L>& row, int first) {
    Piece<L> piece{};
#pragma unroll
    for (int i = 0; i < Piece<L>::size; ++i) {
        put_entry(piece, i, unsigned(first + i) < unsigned(row.classes) ? row.data[first + i] : lowest(L{}));
    }
    return piece;
}

template <class L>
__device__ Piece<L> load_piece(const RowOfPieces<L>& row, int first) {
    return row.is_whole(first) ? *reinterpret_cast<const Piece<L>*>(row.data + first) : partial_piece(row, first);
}

template <class L, int pieces_of_lane>
struct InRegisters {
    using Team = WarpTeam;
    static constexpr bool is_read_anew = false;
    static constexpr int group = Piece<L>::size;
    // Whatever the lead.
    static constexpr int64_t most_classes = int64_t(pieces_of_lane) * warp * group - (group - 1);

    Piece<L> kept[pieces_of_lane];

    // All loads are under way before the first is waited for.
    __device__ void start(const WarpTeam& team, const RowOfPieces<L>& row) {
#pragma unroll
        for (int j = 0; j < pieces_of_lane; ++j) {
            const int first = row.first(j * warp + team.rank());
            if (first < row.classes) kept[j] = load_piece(row, first);
        }
    }

    template <class Body>
    __device__ void visit(const WarpTeam& team, const RowOfPieces<L>& row, Body body) const {
#pragma unroll
        for (int j = 0; j < pieces_of_lane; ++j) {
            const int first = row.first(j * warp + team.rank());
            if (first >= row.classes) continue;
            float x[group];
            widen_piece(kept[j], x);
            body(first, x);
        }
    }

    template <class Body>
    __device__ void visit_last(const WarpTeam& team, const RowOfPieces<L>& row, const RowOfPieces<L>&, Body body) const {
        visit(team, row, body);
    }
};

template <class L>
struct Nowhere {
    using Team = BlockTeam;
    static constexpr bool is_read_anew = true;
    static constexpr int group = Piece<L>::size;
    static constexpr int at_once = 16 / group;

    __device__ void start(const BlockTeam&, const RowOfPieces<L>&) {}

    template <class Body>
    __device__ void visit(const BlockTeam& team, const RowOfPieces<L>& row, Body body) const {
        const int pieces = row.pieces(), step = team.size();
        for (int begin = team.rank(); begin < pieces; begin += at_once * step) {
            Piece<L> loaded[at_once];
#pragma unroll
            for (int j = 0; j < at_once; ++j) {
                if (begin + j * step < pieces) loaded[j] = load_piece(row, row.first(begin + j * step));
            }
#pragma unroll
            for (int j = 0; j < at_once; ++j) {
                if (begin + j * step >= pieces) break;
                float x[group];
                widen_piece(loaded[j], x);
                body(row.first(begin + j * step), x);
            }
        }
    }

    template <class Body>
    __device__ void visit_last(const BlockTeam& team, const RowOfPieces<L>& row, const RowOfPieces<L>&, Body body) const {
        visit(team, row, body);
    }
};

// A thread reads only what itself has asked for: no barrier. In the last pass over a row the next one follows into the places
// that become free, so that reading goes on while the gradient is written.
template <class L>
struct InShared {
    using Team = BlockTeam;
    static constexpr bool is_read_anew = false;
    static constexpr int group = Piece<L>::size;
    static constexpr int at_once = 16 / group;

    Piece<L>* kept;

    static size_t bytes(int64_t classes) { return size_t((classes + 2 * group - 2) / group) * sizeof(Piece<L>); }

    __device__ void load(const RowOfPieces<L>& row, int piece) const {
        const int first = row.first(piece);
        if (row.is_whole(first)) {
            copy_async(kept + piece, row.data + first);
        } else {
            kept[piece] = partial_piece(row, first);
        }
    }

    __device__ void start(const BlockTeam& team, const RowOfPieces<L>& row) const {
        const int pieces = row.pieces();
        for (int piece = team.rank(); piece < pieces; piece += team.size()) load(row, piece);
    }

    template <class Body>
    __device__ void visit(const BlockTeam& team, const RowOfPieces<L>& row, Body body) const {
        wait_for_copies();
        visit_last(team, row, RowOfPieces<L>(nullptr, 0), body);
    }

    template <class Body>
    __device__ void visit_last(
        const BlockTeam& team, const RowOfPieces<L>& row, const RowOfPieces<L>& next, Body body) const {
        const int pieces = row.pieces(), next_pieces = next.data == nullptr ? 0 : next.pieces(), step = team.size();
        const int most = pieces > next_pieces ? pieces : next_pieces;
        for (int begin = team.rank(); begin < most; begin += at_once * step) {
            Piece<L> own[at_once];
#pragma unroll
            for (int j = 0; j < at_once; ++j) {
                if (begin + j * step < pieces) own[j] = kept[begin + j * step];
            }
#pragma unroll
            for (int j = 0; j < at_once; ++j) {
                if (begin + j * step >= pieces) break;
                float x[group];
                widen_piece(own[j], x);
                body(row.first(begin + j * step), x);
            }
#pragma unroll
            for (int j = 0; j < at_once; ++j) {
                if (begin + j * step < next_pieces) load(next, begin + j * step);
            }
        }
    }
};

}
