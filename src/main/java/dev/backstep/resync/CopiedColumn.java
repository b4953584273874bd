package dev.backstep.resync;

/**
 * A column that both sides have.
 *
 * @param source its name at the source
 * @param target what it is in the target
 */
record CopiedColumn(String source, TargetColumn target) {}
