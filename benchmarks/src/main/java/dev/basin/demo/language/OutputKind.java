package dev.basin.demo.language;

import dev.basin.Basin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * An output layer to train with, by the name that the command line knows it by.
 *
 * @param title what a table calls it
 * @param setting what it is set to beside the rates, or nothing
 * @param learningRate that of its first step of gradient descent; it falls in a line to zero
 * @param encoderRate likewise that of AdamW in the layers before it
 */
public record OutputKind(String name, String title, String setting, double learningRate, double encoderRate, Factory factory) {
    /** The layers there are, as {@link #GRID} came out. */
    public static final List<OutputKind> ALL =
            List.of(zLoss(30, 0.18, 100, 0.01), hierarchicalSoftmax(3, 0.01), crossEntropy(10, 0.01));

    /**
     * What the settings in {@link #ALL} were chosen among, by the share of held-out words among the ten likeliest: {@code train kjv --search
     * --epochs 2 --seed 100}, where the seed holds out other verses than the default one. Before it the Z-loss was tried with {@code a} of
     * 0.03, 0.1, 0.3 and 1, {@code b} of 5, 10, 20, 40 and 80 and learning rates of 1, 10, 30 and 100, at an encoder's rate of 0.003.
     */
    public static final List<OutputKind> GRID = grid();

    /** Sets up a layer for so many words. */
    @FunctionalInterface
    interface Factory {
        OutputLayer over(Basin basin, int words, int width, int largestBatch, SplittableRandom random);
    }

    private static List<OutputKind> grid() {
        List<OutputKind> grid = new ArrayList<>();
        for (double encoderRate : new double[] {0.003, 0.01, 0.03}) {
            for (double rate : new double[] {30, 100, 300}) {
                for (double sharpness : new double[] {10, 30}) {
                    grid.add(zLoss(sharpness, 0.18, rate, encoderRate));
                    grid.add(zLoss(sharpness, 0.27, rate, encoderRate));
                }
            }
            for (double rate : new double[] {1, 3, 10, 30}) {
                grid.add(hierarchicalSoftmax(rate, encoderRate));
                grid.add(crossEntropy(rate, encoderRate));
            }
        }
        return List.copyOf(grid);
    }

    /**
     * With {@code a = sharpness / sqrt(D)} and {@code b = location sqrt(D)}: the score of a word that is likelier than all others grows with
     * the root of their number D, and what suits one number would not suit another.
     */
    private static OutputKind zLoss(double sharpness, double location, double learningRate, double encoderRate) {
        String setting = String.format(Locale.ROOT, "a %.0f / sqrt(D), b %.2f sqrt(D)", sharpness, location);
        return new OutputKind("z-loss", "Z-loss", setting, learningRate, encoderRate, (basin, words, width, largestBatch, random) ->
                new ZLossLayer(basin, Weights.random(random, words, width), sharpness / Math.sqrt(words), location * Math.sqrt(words)));
    }

    private static OutputKind hierarchicalSoftmax(double learningRate, double encoderRate) {
        return new OutputKind("hierarchical-softmax", "hierarchical softmax", "", learningRate, encoderRate, HierarchicalLayer::new);
    }

    private static OutputKind crossEntropy(double learningRate, double encoderRate) {
        return new OutputKind("cross-entropy", "cross-entropy", "", learningRate, encoderRate,
                (basin, words, width, largestBatch, random) -> new CrossEntropyLayer(basin, Weights.random(random, words, width)));
    }
}
