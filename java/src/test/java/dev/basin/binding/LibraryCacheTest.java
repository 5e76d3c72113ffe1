package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCacheTest {
    private static final byte[] CONTENT = "a library. ".repeat(100_000).getBytes();

    @TempDir
    Path root;

    private LibraryCache cache;
    private Checksums checksums;

    @BeforeEach
    void createCache() throws Exception {
        cache = new LibraryCache(root);
        checksums = checksumsOf(CONTENT);
    }

    @Test
    void filesAreUnpackedOnceAndFoundAgain() throws Exception {
        Path file = unpack().resolve("libtest.so");
        assertArrayEquals(CONTENT, Files.readAllBytes(file));
        FileTime past = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
        Files.setLastModifiedTime(file, past);
        assertEquals(file.getParent(), unpack());
        assertEquals(past.toInstant().getEpochSecond(), Files.getLastModifiedTime(file).toInstant().getEpochSecond());
    }

    @Test
    void aForeignLibraryThatWasCutShortIsUnpackedAgain() throws Exception {
        Path file = cache.unpack("foreign-1", "libforeign.so", CONTENT.length, () -> new ByteArrayInputStream(CONTENT));
        Files.write(file, new byte[] {1, 2, 3});
        assertEquals(file, cache.unpack("foreign-1", "libforeign.so", CONTENT.length, () -> new ByteArrayInputStream(CONTENT)));
        assertArrayEquals(CONTENT, Files.readAllBytes(file));
        cache.unpack("foreign-1", "libforeign.so", CONTENT.length, () -> {
            throw new IOException("it is there and need not be read");
        });
    }

    @Test
    void otherContentGoesIntoAnotherFolder() throws Exception {
        byte[] other = "another library".getBytes();
        assertNotEquals(unpack(), cache.unpack(checksumsOf(other), name -> other));
    }

    @Test
    void aFileThatWasChangedInTheCacheIsReplaced() throws Exception {
        Path file = unpack().resolve("libtest.so");
        byte[] changed = CONTENT.clone();
        changed[changed.length / 2]++;
        Files.write(file, changed);
        unpack();
        assertArrayEquals(CONTENT, Files.readAllBytes(file));
        Files.write(file, new byte[10]);
        unpack();
        assertArrayEquals(CONTENT, Files.readAllBytes(file));
    }

    @Test
    void aDamagedJarIsRefusedAndLeavesNothing() throws Exception {
        byte[] damaged = CONTENT.clone();
        damaged[0]++;
        BackendUnavailableException refusal =
                assertThrows(BackendUnavailableException.class, () -> cache.unpack(checksums, name -> damaged));
        assertTrue(refusal.getMessage().contains("libtest.so in the natives' jar is damaged"), refusal.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedWithTheRemedy() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "in the way");
        BackendUnavailableException refusal = assertThrows(BackendUnavailableException.class,
                () -> new LibraryCache(file).unpack(checksums, name -> CONTENT));
        assertTrue(refusal.getMessage().contains("basin.cache or BASIN_CACHE can name another folder"), refusal.getMessage());
    }

    @Test
    void whatAKilledJvmLeftIsRemovedWhenItIsOld() throws Exception {
        Path folder = unpack();
        Path abandoned = Files.writeString(folder.resolve("libtest.so-1.unfinished"), "half a li");
        Path recent = Files.writeString(folder.resolve("libtest.so-2.unfinished"), "half a li");
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Files.delete(folder.resolve("libtest.so"));
        unpack();
        assertFalse(Files.exists(abandoned));
        assertTrue(Files.exists(recent));
    }

    @Test
    void threadsThatUnpackAtOnceAllFindTheWholeFile() throws Exception {
        int threads = 8;
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < 10; round++) {
                Checksums fresh = checksumsOf((round + "").repeat(100_000).getBytes());
                byte[] content = (round + "").repeat(100_000).getBytes();
                List<Future<byte[]>> found = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    found.add(executor.submit(() -> {
                        start.await();
                        return Files.readAllBytes(cache.unpack(fresh, name -> content).resolve("libtest.so"));
                    }));
                }
                for (Future<byte[]> one : found) {
                    assertArrayEquals(content, one.get());
                }
            }
        }
        assertEquals(10, files().size());
    }

    @Test
    void anIndexThatLeadsOutOfItsFolderIsRefused() {
        String hash = "0".repeat(64);
        for (String line : List.of(hash + "  ../libtest.so", hash + "  /libtest.so", hash + " libtest.so", "libtest.so", hash + "  ..")) {
            assertThrows(BackendUnavailableException.class, () -> Checksums.parse(line), line);
        }
    }

    private Path unpack() throws BackendUnavailableException {
        return cache.unpack(checksums, name -> CONTENT);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> entries = Files.walk(root)) {
            return entries.filter(Files::isRegularFile).toList();
        }
    }

    private static Checksums checksumsOf(byte[] content) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
        return Checksums.parse(HexFormat.of().formatHex(hash) + "  libtest.so\n");
    }
}
