package dev.basin.trajectory;

import dev.basin.DataType;
import dev.basin.file.AtomicFile;
import dev.basin.file.FileReads;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A saved ring: a header of 64 bytes, little-endian, then the slots as they lie in memory.
 *
 * <pre>
 *  0  "BASINRNG"      8  version, 1      12  byte order of the slots: 0 little, 1 big
 * 16  type's code    20  lag             24  examples    32  classes
 * 40  CRC32C of the slots                44  CRC32C of the bytes before this one; zeros follow
 * </pre>
 */
final class RingFile {
    private static final long MAGIC = 0x474E524E49534142L;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 64;
    private static final int HEADER_CHECKSUM_AT = 44;
    private static final int BLOCK_BYTES = 1 << 24;

    private final Path file;
    private final RingShape shape;
    private final int checksum;

    private RingFile(Path file, RingShape shape, int checksum) {
        this.file = file;
        this.shape = shape;
        this.checksum = checksum;
    }

    RingShape shape() {
        return shape;
    }

    /** Reads the header and looks whether all that it promises is there. */
    static RingFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() < HEADER_BYTES) {
                throw refused(file, "it has " + channel.size() + " bytes, fewer than a header");
            }
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            FileReads.readFully(channel, header, 0);
            RingFile saved = parse(file, header);
            long needed = HEADER_BYTES + saved.shape.bytes();
            if (channel.size() != needed) {
                throw refused(file, "it has " + channel.size() + " bytes, but its header promises " + needed);
            }
            return saved;
        }
    }

    void readInto(MemorySegment memory) throws IOException {
        CRC32C found = new CRC32C();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long done = 0; done < memory.byteSize(); done += BLOCK_BYTES) {
                ByteBuffer block = block(memory, done);
                FileReads.readFully(channel, block, HEADER_BYTES + done);
                found.update(block.flip());
            }
        }
        if ((int) found.getValue() != checksum) {
            throw refused(file, "its checksum is that of other contents");
        }
    }

    static void write(Path file, RingShape shape, MemorySegment memory) throws IOException {
        AtomicFile.write(file, output -> {
            CRC32C checksum = new CRC32C();
            for (long done = 0; done < memory.byteSize(); done += BLOCK_BYTES) {
                ByteBuffer block = block(memory, done);
                output.write(block.duplicate(), HEADER_BYTES + done);
                checksum.update(block);
            }
            output.write(header(shape, (int) checksum.getValue()), 0);
        });
    }

    private static RingFile parse(Path file, ByteBuffer header) throws IOException {
        if (header.getLong(0) != MAGIC) {
            throw refused(file, "it does not begin as one does");
        }
        if (header.getInt(8) != VERSION) {
            throw refused(file, "it has version " + header.getInt(8) + " and this library reads version " + VERSION);
        }
        if (header.getInt(HEADER_CHECKSUM_AT) != checksumOf(header)) {
            throw refused(file, "its header is damaged");
        }
        if (header.getInt(12) != byteOrder()) {
            throw refused(file, "it was saved by a machine of the other byte order");
        }
        try {
            RingShape shape = new RingShape(
                    DataType.ofCode(header.getInt(16)), header.getLong(24), header.getLong(32), header.getInt(20));
            return new RingFile(file, shape, header.getInt(40));
        } catch (IllegalArgumentException impossible) {
            throw new IOException(file + " cannot be loaded as a ring: " + impossible.getMessage(), impossible);
        }
    }

    private static ByteBuffer header(RingShape shape, int checksum) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putInt(VERSION).putInt(byteOrder()).putInt(shape.type().code()).putInt(shape.lag());
        header.putLong(shape.examples()).putLong(shape.classes()).putInt(checksum).putInt(checksumOf(header));
        return header.rewind();
    }

    private static int checksumOf(ByteBuffer header) {
        CRC32C checksum = new CRC32C();
        checksum.update(header.array(), 0, HEADER_CHECKSUM_AT);
        return (int) checksum.getValue();
    }

    private static int byteOrder() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 1;
    }

    private static ByteBuffer block(MemorySegment memory, long from) {
        return memory.asSlice(from, Math.min(BLOCK_BYTES, memory.byteSize() - from)).asByteBuffer();
    }

    private static IOException refused(Path file, String reason) {
        return new IOException(file + " cannot be loaded as a ring: " + reason);
    }
}
