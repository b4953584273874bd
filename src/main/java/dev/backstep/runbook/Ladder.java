package dev.backstep.runbook;

import java.util.Set;

/**
 * What is known of the plan's parts without looking at the world.
 *
 * @param destructive names of levels with an action that destroys something
 * @param unprotected those of them that destroy without a backup made before in the same level
 * @param holds names of actions that keep something off until it is given back
 */
public record Ladder(Set<String> destructive, Set<String> unprotected, Set<String> holds) {
  /** Nothing is destroyed. */
  public static final Ladder HARMLESS = new Ladder(Set.of(), Set.of(), Set.of());
}
