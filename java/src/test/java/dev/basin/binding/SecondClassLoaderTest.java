package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecondClassLoaderTest {
    @BeforeEach
    void requireNatives() {
        Natives.folder();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev.basin.binding.PanamaBackend", "dev.basin.binding.JavacppBackend"})
    void everyClassLoaderHasABackendAndNothingIsLeftInTheTempFolder(String backend) throws Exception {
        Class.forName(backend).getMethod("load").invoke(null);
        long before = temporaryEntries();
        for (int i = 0; i < 2; i++) {
            try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
                Class<?> second = loader.loadClass(backend);
                assertNotSame(Class.forName(backend), second);
                second.getMethod("load").invoke(null);
            }
        }
        assertEquals(before, temporaryEntries());
    }

    private static URL[] classPath() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    private static long temporaryEntries() throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return entries.filter(entry -> entry.getFileName().toString().contains("basin")).count();
        }
    }
}
