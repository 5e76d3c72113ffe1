package dev.basin.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * Handwritten digits.
 *
 * @param pixels {@code [count, 64]}, from 0 (paper) to 1 (ink)
 * @param labels {@code [count]}, 0 to 9
 */
public record Digits(float[] pixels, int[] labels) {
    /** Pixels of a digit, 8 by 8. */
    public static final int PIXELS = 64;

    /** Kinds of digits. */
    public static final int CLASSES = 10;

    private static final String RESOURCE = "digits.csv.gz";
    private static final float DARKEST = 16;

    /** What is learnt from, and what tells how much was learnt. */
    public record Split(Digits training, Digits test) {}

    public int count() {
        return labels.length;
    }

    /** All the digits that ship with the demo. */
    public static Digits load() {
        try (InputStream packed = Digits.class.getResourceAsStream(RESOURCE)) {
            if (packed == null) {
                throw new IllegalStateException("resource " + RESOURCE + " is missing from the jar");
            }
            var text = new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.US_ASCII);
            return parse(new BufferedReader(text).lines().toList());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Shuffles each class by itself and keeps a fifth of it for the test, so that both parts have all digits alike. */
    public Split split(long seed) {
        Random random = new Random(seed);
        List<Integer> training = new ArrayList<>();
        List<Integer> test = new ArrayList<>();
        for (int digit = 0; digit < CLASSES; digit++) {
            List<Integer> members = indicesOf(digit);
            Collections.shuffle(members, random);
            int tested = Math.round(members.size() / 5f);
            test.addAll(members.subList(0, tested));
            training.addAll(members.subList(tested, members.size()));
        }
        return new Split(select(training), select(test));
    }

    /** The pixels of one digit. */
    public float[] image(int index) {
        return Arrays.copyOfRange(pixels, index * PIXELS, (index + 1) * PIXELS);
    }

    private static Digits parse(List<String> lines) {
        float[] pixels = new float[lines.size() * PIXELS];
        int[] labels = new int[lines.size()];
        for (int row = 0; row < lines.size(); row++) {
            String[] numbers = lines.get(row).split(",");
            for (int i = 0; i < PIXELS; i++) {
                pixels[row * PIXELS + i] = Integer.parseInt(numbers[i]) / DARKEST;
            }
            labels[row] = Integer.parseInt(numbers[PIXELS]);
        }
        return new Digits(pixels, labels);
    }

    private List<Integer> indicesOf(int digit) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == digit) {
                indices.add(i);
            }
        }
        return indices;
    }

    private Digits select(List<Integer> indices) {
        float[] somePixels = new float[indices.size() * PIXELS];
        int[] someLabels = new int[indices.size()];
        for (int i = 0; i < someLabels.length; i++) {
            System.arraycopy(pixels, indices.get(i) * PIXELS, somePixels, i * PIXELS, PIXELS);
            someLabels[i] = labels[indices.get(i)];
        }
        return new Digits(somePixels, someLabels);
    }
}
