package dev.backstep.runbook;

import java.util.Map;
import java.util.Set;

/**
 * What the plan's levels and actions do, as far as the plan itself says.
 *
 * @param destructive names of levels with an action that destroys something
 * @param unprotected those of them that destroy without a backup made before in the same level
 * @param backups of each action that destroys something: the names of those before it in the same
 *     level that make a backup
 * @param holds names of actions that keep something off until it is given back
 * @param unseen names of actions that leave nothing behind that could be looked at
 * @param drillable names of actions that destroy something, but not in a drill
 */
public record LevelTraits(
    Set<String> destructive,
    Set<String> unprotected,
    Map<String, Set<String>> backups,
    Set<String> holds,
    Set<String> unseen,
    Set<String> drillable) {
  /** Nothing is destroyed. */
  public static final LevelTraits HARMLESS =
      new LevelTraits(Set.of(), Set.of(), Map.of(), Set.of(), Set.of(), Set.of());
}
