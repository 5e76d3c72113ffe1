package dev.basin;

/** The backend cannot be used here, or its device has failed; the message says why and what would help. */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BackendException(String reason, Throwable cause) {
        super(reason, cause);
    }

    public BackendException(String reason) {
        super(reason);
    }
}
