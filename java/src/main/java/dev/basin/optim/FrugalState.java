package dev.basin.optim;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.util.stream.IntStream;

/**
 * What FRUGAL keeps of one parameter in one subspace.
 *
 * @param selected the units with moments, ascending, 32-bit integers
 * @param periods how often the units come, each of {@code width} neighbouring elements
 * @param projector the singular vectors of a low-rank split, else empty
 */
record FrugalState(
        long subspace, Tensor selected, long periods, long units, long width, Tensor first, Tensor second, Tensor projector) {
    /** For a subspace, with moments whose content does not count before its first step. */
    static FrugalState of(Split split, int parameter, Tensor weights, DataType type, long subspace, int block, int blocks) {
        Arena arena = Arena.ofAuto();
        long rows = weights.rank() == 0 ? 1 : weights.rows();
        long columns = weights.rank() == 0 ? 1 : weights.columns();
        return switch (split) {
            case Split.Whole _ -> whole(arena, weights, type, subspace, true);
            case Split.Blocks blocksSplit ->
                whole(arena, weights, type, subspace, blocksSplit.isActive(block, blocks, subspace));
            case Split.Columns(Choice choice) ->
                chosen(arena, type, subspace, choice.choose(parameter, subspace, Math.toIntExact(columns)), rows, columns, 1);
            case Split.Rows(Choice choice) ->
                chosen(arena, type, subspace, choice.choose(parameter, subspace, Math.toIntExact(rows)), 1, rows, columns);
            case Split.Entries(Choice choice) -> {
                int size = Math.toIntExact(weights.size());
                yield chosen(arena, type, subspace, choice.choose(parameter, subspace, size), 1, size, 1);
            }
            case Split.LowRank lowRank -> lowRank(arena, lowRank, rows, columns, type, subspace);
        };
    }

    private static FrugalState whole(Arena arena, Tensor weights, DataType type, long subspace, boolean active) {
        return chosen(arena, type, subspace, active ? new int[] {0} : new int[0], 1, 1, Math.max(1, weights.size()));
    }

    private static FrugalState chosen(
            Arena arena, DataType type, long subspace, int[] chosen, long periods, long units, long width) {
        Tensor indices = Tensor.allocate(arena, DataType.I32, chosen.length);
        IntStream.range(0, chosen.length).forEach(i -> indices.set(i, chosen[i]));
        long[] shape = {periods, chosen.length * width};
        return new FrugalState(subspace, indices, periods, Math.max(1, units), Math.max(1, width),
                Tensor.allocate(arena, type, shape), Tensor.allocate(arena, type, shape), Tensor.allocate(arena, type, 0));
    }

    private static FrugalState lowRank(
            Arena arena, Split.LowRank split, long rows, long columns, DataType type, long subspace) {
        boolean right = isRight(split, rows, columns);
        long rank = (long) Math.rint(split.density() * (right ? columns : rows));
        long size = rank * (right ? rows : columns);
        FrugalState moments = chosen(arena, type, subspace, rank == 0 ? new int[0] : new int[] {0}, 1, 1, Math.max(1, size));
        long[] shape = right ? new long[] {rank, columns} : new long[] {rows, rank};
        return new FrugalState(subspace, moments.selected, 1, 1, Math.max(1, size),
                moments.first, moments.second, Tensor.allocate(arena, type, shape));
    }

    static boolean isRight(Split.LowRank split, long rows, long columns) {
        return split.side() == Split.Side.RIGHT || split.side() == Split.Side.SMALLER && rows >= columns;
    }

    /** Bytes of the moments. */
    long momentBytes() {
        return first.memory().byteSize() + second.memory().byteSize();
    }

    /** Bytes of what says where they belong. */
    long selectionBytes() {
        return selected.memory().byteSize() + projector.memory().byteSize();
    }
}
