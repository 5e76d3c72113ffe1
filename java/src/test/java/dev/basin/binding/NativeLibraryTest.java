package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("sets system properties")
class NativeLibraryTest {
    private static final String LIBRARY_PATH = "basin.library.path";

    @TempDir
    Path folder;

    @Test
    void theLibraryOpensFromTheJarAndNamesItsOrigin() throws Exception {
        Natives.folder();
        NativeLibrary library = NativeLibrary.open();
        assertTrue(library.folder().origin().startsWith("the " + Platform.current().name() + " jar, unpacked into "));
    }

    @Test
    void aFolderOfTheUserIsUsedInPlace() throws Exception {
        Natives.place(folder, Files.readAllBytes(Natives.file("basin")));
        Natives.with(LIBRARY_PATH, folder.toString(), () -> {
            NativeLibrary library = NativeLibrary.open();
            assertEquals(folder, library.folder().path());
            assertEquals("basin.library.path = " + folder, library.folder().origin());
        });
    }

    @Test
    void aFolderWithoutTheLibraryIsRefused() throws Exception {
        assertRefused("does not exist; basin.library.path must name the folder that holds it");
    }

    @Test
    void aTruncatedLibraryIsRefused() throws Exception {
        byte[] library = Files.readAllBytes(Natives.file("basin"));
        Natives.place(folder, Arrays.copyOf(library, library.length / 2));
        assertRefused("is truncated");
    }

    @Test
    void aTamperedLibraryIsRefused() throws Exception {
        byte[] library = Files.readAllBytes(Natives.file("basin"));
        library[library.length / 2]++;
        Natives.place(folder, library);
        Files.copy(Natives.folder().resolve(Checksums.FILE_NAME), folder.resolve(Checksums.FILE_NAME));
        assertRefused("was changed since it was built");
    }

    @Test
    void aLibraryOfSomethingElseIsRefused() throws Exception {
        Natives.folder();
        Path foreign = Path.of(System.getProperty("java.home"), "lib", Platform.current().libraryFileName("jimage"));
        Natives.place(folder, Files.readAllBytes(foreign));
        assertRefused("is not a Basin library");
    }

    @Test
    void aLibraryOfAnotherVersionIsRefused() {
        Natives.folder();
        BackendUnavailableException refusal = assertThrows(
                BackendUnavailableException.class, () -> NativeLibrary.open(NativeLibrary.ABI_VERSION + 1));
        assertTrue(refusal.getMessage().contains("belongs to another version of Basin"), refusal.getMessage());
    }

    @Test
    void twoJvmsThatStartAtOnceShareOneCopy() throws Exception {
        Natives.folder();
        List<String> options = List.of("-Dbasin.cache=" + folder);
        ForkedJvm first = ForkedJvm.start(LoadProbe.class, options);
        ForkedJvm second = ForkedJvm.start(LoadProbe.class, options);
        for (ForkedJvm jvm : List.of(first, second)) {
            String output = jvm.output();
            assertTrue(output.contains("panama runs") && output.contains("javacpp runs"), output);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            assertEquals(2, files.filter(Files::isRegularFile).count());
        }
    }

    private void assertRefused(String reason) throws Exception {
        Natives.with(LIBRARY_PATH, folder.toString(), () -> {
            for (ThrowingLoader loader : List.<ThrowingLoader>of(PanamaBackend::load, JavacppBackend::load)) {
                String message = assertThrows(BackendUnavailableException.class, loader::load).getMessage();
                assertTrue(message.contains(reason), message);
                assertTrue(message.contains(folder.toString()), message);
            }
        });
    }

    @FunctionalInterface
    private interface ThrowingLoader {
        Backend load() throws BackendUnavailableException;
    }
}
