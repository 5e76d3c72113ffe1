package dev.basin;

/** The backend that was asked for cannot be used here; the message says why and what would help. */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BackendException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
