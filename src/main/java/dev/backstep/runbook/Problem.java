package dev.backstep.runbook;

/**
 * Something that would keep an action from working, found before it is tried.
 *
 * @param reason one word, CamelCase
 * @param message what is wrong, with what, and what to do about it
 */
public record Problem(String reason, String message) {}
