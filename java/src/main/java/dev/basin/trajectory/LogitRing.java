package dev.basin.trajectory;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The logits of every example of the last {@code lag + 1} epochs: SAF's memory (Du et al., arXiv 2205.14083).
 *
 * <p>{@code [lag + 1, examples, classes]} in f32, bf16 or f16 outside of the heap, {@code 2 (lag + 1) examples classes} bytes in f16: 7.7 GB
 * for ImageNet with a lag of 2. One that is larger than memory can be a mapped file, of which the operating system keeps what is in
 * use. Epoch {@code e} is written to slot {@code e mod (lag + 1)} and read in epoch {@code e + lag}; what was never written is 0.
 *
 * <p>Logits are converted to the ring's type to nearest even; what f16 cannot hold, beyond 65,504, becomes infinite, and a row with a
 * positive infinity in its past has a NaN loss. Where an example occurs more than once in a batch its last row stays, whatever the
 * threads. Writing and reading different epochs at the same time is safe; writing one epoch from several threads is, where their
 * examples differ.
 *
 * <p>Close it to free the memory; tensors and pasts that it gave are dead then.
 */
public final class LogitRing implements AutoCloseable {
    private final Arena arena;
    private final RingShape shape;
    private final MemorySegment memory;
    private final List<Tensor> slots = new ArrayList<>();

    private LogitRing(Arena arena, RingShape shape, MemorySegment memory) {
        this.arena = arena;
        this.shape = shape;
        this.memory = memory;
        for (int slot = 0; slot <= shape.lag(); slot++) {
            MemorySegment part = memory.asSlice(slot * shape.slotBytes(), shape.slotBytes());
            slots.add(Tensor.of(part, shape.type(), shape.examples(), shape.classes()));
        }
    }

    /**
     * A ring of zeros in memory.
     *
     * @param type f32, bf16 or f16; f64 for the reference
     * @param examples in the data set
     * @param lag how many epochs back it reaches; at least 1
     * @throws IllegalArgumentException if that is more than memory can hold an address of
     */
    public static LogitRing allocate(DataType type, long examples, long classes, int lag) {
        return allocate(new RingShape(type, examples, classes, lag));
    }

    /**
     * A ring of zeros in a new file, which the caller deletes when the ring is closed. It is a working store: what is to outlive the
     * program goes through {@link #save}.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is a file already
     */
    public static LogitRing mapped(Path file, DataType type, long examples, long classes, int lag) throws IOException {
        return mapped(file, new RingShape(type, examples, classes, lag));
    }

    /**
     * What {@link #save} wrote, in memory.
     *
     * @throws IOException saying why, if the file is none that {@code save} wrote, or not all of it
     */
    public static LogitRing load(Path file) throws IOException {
        RingFile saved = RingFile.open(file);
        return filled(allocate(saved.shape()), saved);
    }

    /** What {@link #save} wrote, in a new file as {@link #mapped} makes one. */
    public static LogitRing loadMapped(Path file, Path workingStore) throws IOException {
        RingFile saved = RingFile.open(file);
        return filled(mapped(workingStore, saved.shape()), saved);
    }

    /** Saves all epochs to a file: written beside it, forced to the disk and renamed, so that it is there as a whole or as it was. */
    public void save(Path file) throws IOException {
        RingFile.write(file, shape, memory);
    }

    /**
     * Keeps a batch's logits for the epochs after this one.
     *
     * @param epoch from 0
     * @param indices {@code [rows]} i32: the example of each row
     * @param logits {@code [rows, classes]} f32, bf16 or f16
     */
    public void write(Basin basin, int epoch, Tensor indices, Tensor logits) {
        Checks.requireGiven("indices", indices);
        Checks.requireGiven("logits", logits);
        Checks.requireMatrix("logits", logits, logits.rows(), shape.classes());
        Checks.requireIntegers("indices", indices, logits.rows());
        Tensor slot = slot(epoch);
        basin.kernels().trajectory().logitRingWrite(
                logits.type().code(), logits.memory(), logits.rowStride(), indices.memory(),
                slot.type().code(), slot.memory(), slot.rowStride(),
                0, shape.classes(), logits.rows(), shape.examples());
    }

    /** The logits of {@code lag} epochs before this one, for a batch of these examples; nothing is copied. */
    public Past past(int epoch, Tensor indices) {
        Checks.requireGiven("indices", indices);
        requireEpoch(epoch);
        return new Past(slots.get(Math.floorMod(epoch - shape.lag(), slots.size())), indices, shape.lag());
    }

    /** {@code [examples, classes]} as stored in the slot of an epoch: what that epoch wrote, until {@code lag + 1} epochs later. */
    public Tensor slot(int epoch) {
        requireEpoch(epoch);
        return slots.get(epoch % slots.size());
    }

    public DataType type() {
        return shape.type();
    }

    public long examples() {
        return shape.examples();
    }

    public long classes() {
        return shape.classes();
    }

    /** How many epochs back it reaches. */
    public int lag() {
        return shape.lag();
    }

    @Override
    public void close() {
        arena.close();
    }

    private static void requireEpoch(int epoch) {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch must be at least 0, got " + epoch);
        }
    }

    private static LogitRing allocate(RingShape shape) {
        Arena arena = Arena.ofShared();
        try {
            return new LogitRing(arena, shape, arena.allocate(shape.bytes(), 64));
        } catch (RuntimeException | OutOfMemoryError failed) {
            arena.close();
            throw failed;
        }
    }

    private static LogitRing mapped(Path file, RingShape shape) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            try {
                return new LogitRing(arena, shape, channel.map(FileChannel.MapMode.READ_WRITE, 0, shape.bytes(), arena));
            } catch (IOException | RuntimeException | OutOfMemoryError failed) {
                Files.deleteIfExists(file);
                throw failed;
            }
        } catch (IOException | RuntimeException | OutOfMemoryError failed) {
            arena.close();
            throw failed;
        }
    }

    private static LogitRing filled(LogitRing ring, RingFile saved) throws IOException {
        try {
            saved.readInto(ring.memory);
            return ring;
        } catch (IOException | RuntimeException failed) {
            ring.close();
            throw failed;
        }
    }
}
