package dev.backstep.effect;

/** An effect that was sent, and how it ended. */
public record Sent<E extends Effect>(E effect, Mark mark, Outcome outcome) {}
