package dev.basin.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reading that does not stop at what one call happens to bring. */
public final class FileReads {
    private FileReads() {}

    /**
     * Fills a buffer from a position on.
     *
     * @throws IOException if the file ends before the buffer is full
     */
    public static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        for (long at = position; into.hasRemaining(); ) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new DamagedFileException("it ended at byte " + at + " while it was read");
            }
            at += read;
        }
    }
}
