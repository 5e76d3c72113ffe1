package dev.basin.file;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/**
 * Named tensors in a file, in the safetensors format, which other libraries read: eight bytes with the length of a header, the
 * header ({@link TensorHeader}), the numbers, little-endian. Of the numbers this writes a checksum into the metadata, under
 * {@code crc32c}; a file of another writer may lack it.
 *
 * @param tensors in memory of their own
 */
public record TensorFile(Map<String, String> metadata, Map<String, Tensor> tensors) {
    private static final String CHECKSUM = "crc32c";
    private static final String NO_CHECKSUM = "00000000";
    /** What the format allows. */
    private static final long LARGEST_HEADER = 100_000_000;
    private static final int BLOCK_BYTES = 1 << 20;

    /** Writes a file, or changes nothing. */
    public static void write(Path file, Map<String, String> metadata, Map<String, Tensor> tensors) throws IOException {
        write(file, metadata, tensors, output -> output);
    }

    /** The same through an output that a test may stop. */
    static void write(
            Path file, Map<String, String> metadata, Map<String, Tensor> tensors, UnaryOperator<AtomicFile.Output> through)
            throws IOException {
        requireLittleEndian();
        AtomicFile.write(file, output -> {
            int headerBytes = encoded(metadata, NO_CHECKSUM, tensors).length;
            CRC32C checksum = new CRC32C();
            long at = Long.BYTES + headerBytes;
            for (Tensor tensor : tensors.values()) {
                at = writeNumbers(output, at, tensor, checksum);
            }
            byte[] header = encoded(metadata, String.format("%08x", checksum.getValue()), tensors);
            ByteBuffer first = ByteBuffer.allocate(Long.BYTES + headerBytes).order(ByteOrder.LITTLE_ENDIAN);
            output.write(first.putLong(headerBytes).put(header).flip(), 0);
        }, through);
    }

    /**
     * Reads a file whole.
     *
     * @throws IOException saying what is wrong with it
     */
    public static TensorFile read(Path file) throws IOException {
        requireLittleEndian();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel);
        } catch (DamagedFileException damage) {
            throw new IOException(file + " cannot be loaded: " + damage.getMessage(), damage);
        }
    }

    private static TensorFile read(FileChannel channel) throws IOException {
        TensorHeader header = readHeader(channel);
        long at = channel.size() - header.dataBytes();
        Arena arena = Arena.ofAuto();
        CRC32C checksum = new CRC32C();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, TensorHeader.Entry> entry : header.entries().entrySet()) {
            Tensor tensor = Tensor.allocate(arena, entry.getValue().type(), entry.getValue().shape());
            readNumbers(channel, at + entry.getValue().begin(), tensor, checksum);
            tensors.put(entry.getKey(), tensor);
        }
        String wanted = header.metadata().get(CHECKSUM);
        if (wanted != null && !wanted.equals(String.format("%08x", checksum.getValue()))) {
            throw new DamagedFileException("its checksum is that of other contents");
        }
        return new TensorFile(header.metadata(), tensors);
    }

    private static TensorHeader readHeader(FileChannel channel) throws IOException {
        if (channel.size() < Long.BYTES) {
            throw new DamagedFileException("it has " + channel.size() + " bytes, fewer than the length of a header");
        }
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        FileReads.readFully(channel, length, 0);
        long headerBytes = length.getLong(0);
        if (headerBytes < 0 || headerBytes > Math.min(LARGEST_HEADER, channel.size() - Long.BYTES)) {
            throw new DamagedFileException("it begins with " + headerBytes + ", which is not the length of a header in its "
                    + channel.size() + " bytes");
        }
        ByteBuffer encoded = ByteBuffer.allocate((int) headerBytes);
        FileReads.readFully(channel, encoded, Long.BYTES);
        TensorHeader header = TensorHeader.parse(encoded.array());
        long needed = Long.BYTES + headerBytes + header.dataBytes();
        if (channel.size() != needed) {
            throw new DamagedFileException("it has " + channel.size() + " bytes, but its header promises " + needed);
        }
        return header;
    }

    private static byte[] encoded(Map<String, String> metadata, String checksum, Map<String, Tensor> tensors) {
        Map<String, String> described = new LinkedHashMap<>(metadata);
        described.put(CHECKSUM, checksum);
        return TensorHeader.of(described, tensors).encoded();
    }

    /** Through a buffer, since memory on the heap has none of bytes. */
    private static long writeNumbers(AtomicFile.Output output, long begin, Tensor tensor, CRC32C checksum) throws IOException {
        long bytes = tensor.size() * tensor.type().byteSize();
        ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK_BYTES, bytes));
        for (long done = 0; done < bytes; done += block.limit()) {
            block.clear().limit((int) Math.min(BLOCK_BYTES, bytes - done));
            MemorySegment.copy(tensor.memory(), done, MemorySegment.ofBuffer(block), 0, block.limit());
            checksum.update(block.duplicate());
            output.write(block, begin + done);
        }
        return begin + bytes;
    }

    private static void readNumbers(FileChannel channel, long begin, Tensor tensor, CRC32C checksum) throws IOException {
        long bytes = tensor.size() * tensor.type().byteSize();
        for (long done = 0; done < bytes; done += BLOCK_BYTES) {
            ByteBuffer block = tensor.memory().asSlice(done, Math.min(BLOCK_BYTES, bytes - done)).asByteBuffer();
            FileReads.readFully(channel, block, begin + done);
            checksum.update(block.flip());
        }
    }

    /** The format has one byte order, and no machine of the other could be tried. */
    private static void requireLittleEndian() throws IOException {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IOException("files of tensors are little-endian, and this machine is not");
        }
    }
}
