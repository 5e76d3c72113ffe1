package dev.basin;

/**
 * A backend that was considered.
 *
 * @param backend its name
 * @param available whether it loaded and passed its check
 * @param detail where it came from, or why it cannot be used
 */
public record Candidate(String backend, boolean available, String detail) {}
