package dev.basin.file;

import java.io.IOException;

/** What is wrong with a file, without its name. */
final class DamagedFileException extends IOException {
    DamagedFileException(String reason) {
        super(reason);
    }
}
