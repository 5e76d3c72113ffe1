package dev.basin.file;

/**
 * Reads the JSON that a safetensors header may have: objects, strings, and lists of whole numbers that are not negative. The
 * library depends on nothing, so not on a reader of all of JSON either.
 */
final class JsonText {
    private final String text;
    private int at;

    JsonText(String text) {
        this.text = text;
    }

    /** Reads the value of a member whose name has been read. */
    @FunctionalInterface
    interface Member {
        void read(String name) throws DamagedFileException;
    }

    void object(Member member) throws DamagedFileException {
        require('{');
        if (accept('}')) {
            return;
        }
        do {
            String name = string();
            require(':');
            member.read(name);
        } while (accept(','));
        require('}');
    }

    long[] integers() throws DamagedFileException {
        require('[');
        java.util.stream.LongStream.Builder numbers = java.util.stream.LongStream.builder();
        if (accept(']')) {
            return new long[0];
        }
        do {
            numbers.add(integer());
        } while (accept(','));
        require(']');
        return numbers.build().toArray();
    }

    private long integer() throws DamagedFileException {
        skipSpaces();
        int begin = at;
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && text.charAt(at) < 128) {
            at++;
        }
        try {
            return Long.parseLong(text.substring(begin, at));
        } catch (NumberFormatException none) {
            throw unexpected("a number");
        }
    }

    String string() throws DamagedFileException {
        require('"');
        StringBuilder read = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                return read.toString();
            }
            read.append(c == '\\' ? escaped(next()) : c);
        }
    }

    private char escaped(char c) throws DamagedFileException {
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) (hexadecimal() << 12 | hexadecimal() << 8 | hexadecimal() << 4 | hexadecimal());
            default -> throw unexpected("an escape");
        };
    }

    private int hexadecimal() throws DamagedFileException {
        int digit = Character.digit(next(), 16);
        if (digit < 0) {
            throw unexpected("a hexadecimal digit");
        }
        return digit;
    }

    /** Requires that nothing but spaces is left. */
    void end() throws DamagedFileException {
        skipSpaces();
        if (at < text.length()) {
            throw unexpected("the end");
        }
    }

    private void require(char wanted) throws DamagedFileException {
        if (!accept(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    private boolean accept(char wanted) {
        skipSpaces();
        boolean isThere = at < text.length() && text.charAt(at) == wanted;
        at += isThere ? 1 : 0;
        return isThere;
    }

    private char next() throws DamagedFileException {
        if (at >= text.length()) {
            throw unexpected("more");
        }
        return text.charAt(at++);
    }

    private void skipSpaces() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private DamagedFileException unexpected(String wanted) {
        return new DamagedFileException("its header has not " + wanted + " where it should, at character " + at);
    }
}
