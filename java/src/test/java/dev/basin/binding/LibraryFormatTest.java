package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFormatTest {
    private static final Platform HERE = Platform.current();

    @TempDir
    Path folder;

    @Test
    void aBuiltLibraryPasses() {
        for (Path built : List.of(Natives.file("basin"), Natives.file("jnibasin"))) {
            assertDoesNotThrow(() -> LibraryFormat.check(built, HERE));
        }
    }

    @Test
    void aFileCutAnywhereIsTruncated() throws Exception {
        assumeTrue(HERE.system().equals("linux"), "only ELF files say how long they are");
        byte[] library = Files.readAllBytes(Natives.file("basin"));
        for (int length = 0; length < library.length; length += Math.max(1, library.length / 97)) {
            Path cut = Natives.place(folder, Arrays.copyOf(library, length));
            assertRefused(cut, "is truncated");
        }
        assertRefused(Natives.place(folder, Arrays.copyOf(library, library.length - 1)), "is truncated");
    }

    @Test
    void aLibraryForAnotherProcessorIsRefused() throws Exception {
        assumeTrue(HERE.name().equals("linux-x86_64"), "the test writes the number of another architecture");
        byte[] library = Files.readAllBytes(Natives.file("basin"));
        library[18] = (byte) 183;
        assertRefused(Natives.place(folder, library), "is a library for another processor");
    }

    @Test
    void aFileThatIsNoLibraryIsRefused() {
        assertRefused(Natives.place(folder, "not a library. ".repeat(100).getBytes()), "is not a shared library for " + HERE.name());
    }

    private static void assertRefused(Path file, String reason) {
        BackendUnavailableException refusal =
                assertThrows(BackendUnavailableException.class, () -> LibraryFormat.check(file, HERE));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }
}
