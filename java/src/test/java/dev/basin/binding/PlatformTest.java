package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "Linux,      amd64,   linux-x86_64,   libbasin.so",
        "Linux,      aarch64, linux-aarch64,  libbasin.so",
        "Mac OS X,   aarch64, macos-aarch64,  libbasin.dylib",
        "Mac OS X,   x86_64,  macos-x86_64,   libbasin.dylib",
        "Windows 11, amd64,   windows-x86_64, basin.dll",
    })
    void platformsAreNamedAsTheBuildNamesThem(String system, String architecture, String name, String file) {
        Platform platform = Platform.of(system, architecture);
        assertEquals(name, platform.name());
        assertEquals(file, platform.libraryFileName("basin"));
    }
}
