package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WithoutJavaCppTest {
    @BeforeEach
    void requireNatives() {
        Natives.folder();
    }

    @Test
    void javacppSaysWhichDependencyToAdd() throws Exception {
        try (URLClassLoader loader = withoutJavaCpp()) {
            Method load = loader.loadClass(JavacppBackend.class.getName()).getMethod("load");
            InvocationTargetException refusal = assertThrows(InvocationTargetException.class, () -> load.invoke(null));
            assertEquals("JavaCPP is not on the class path: add the dependency org.bytedeco:javacpp",
                    refusal.getCause().getMessage());
        }
    }

    @Test
    void panamaDoesNotNeedIt() throws Exception {
        try (URLClassLoader loader = withoutJavaCpp()) {
            Method load = loader.loadClass(PanamaBackend.class.getName()).getMethod("load");
            assertDoesNotThrow(() -> load.invoke(null));
        }
    }

    private static URLClassLoader withoutJavaCpp() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Path.of(entry).getFileName().toString().startsWith("javacpp-")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }
}
