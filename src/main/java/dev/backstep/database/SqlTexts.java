package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The SQL that an action has in several places. */
public final class SqlTexts {
  private SqlTexts() {}

  /** The arguments that the action's SQL binds. */
  public static Set<String> names(Sql action) {
    var names = new TreeSet<String>();
    scripts(action).forEach(script -> names.addAll(script.names()));
    return names;
  }

  /** An effect carries no other values than those it binds. */
  static Map<String, String> bound(Sql action, Map<String, String> values) {
    var bound = new HashMap<>(values);
    bound.keySet().retainAll(names(action));
    return bound;
  }

  /** What the statements begin with, as {@code UPDATE ORDERS SET and 2 more statements}. */
  static String shown(Sql action) {
    var statements = Script.of(action.statements()).statements();
    var first = statements.isEmpty() ? "nothing" : statements.get(0).words();
    return statements.size() < 2 ? first : "%s and %d more".formatted(first, statements.size() - 1);
  }

  /** All of it. */
  static List<Script> scripts(Sql action) {
    var all = new ArrayList<Script>();
    all.add(Script.of(action.statements()));
    all.add(Script.of(action.undo()));
    all.add(Script.of(action.check() == null ? null : action.check().query()));
    if (action.remember() != null) {
      action.remember().forEach(it -> all.add(Script.ofExpression(it.where())));
    }
    return all;
  }
}
