package dev.basin.optim;

import dev.basin.DataType;
import dev.basin.matrix.Matrix;

/**
 * What a step in a subspace computes with. Parameters of the same shape and split use the same in turn.
 *
 * @param full the gradient, then the update, in the parameter's shape
 * @param projected the part of the gradient in the subspace, in the parameter's shape
 * @param low that part in terms of the subspace
 * @param move AdamW's move in these terms
 */
record LowRankWorkspace(LowRankProjector projector, Matrix full, Matrix projected, Matrix low, Matrix move) {
    static LowRankWorkspace of(DataType type, boolean right, int rows, int columns, int rank) {
        int lowRows = right ? rows : rank;
        int lowColumns = right ? rank : columns;
        Matrix vectors = right ? Matrix.zeros(type, rank, columns) : Matrix.zeros(type, rows, rank);
        return new LowRankWorkspace(
                new LowRankProjector(right, vectors), Matrix.zeros(type, rows, columns), Matrix.zeros(type, rows, columns),
                Matrix.zeros(type, lowRows, lowColumns), Matrix.zeros(type, lowRows, lowColumns));
    }

    boolean serves(DataType type, boolean right, long rows, long columns, long rank) {
        Matrix vectors = projector.vectors();
        return full.type() == type && projector.right() == right && full.rows() == rows && full.columns() == columns
                && (right ? vectors.rows() : vectors.columns()) == rank;
    }
}
