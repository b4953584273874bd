package dev.backstep.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The places of its variables that an expression looks at by name, such as {@code body.ok}. */
final class Places {
  private static final String INDEX = "_[_]";
  private static final String CONDITIONAL = "_?_:_";

  private final Map<Long, String> texts = new HashMap<>();
  private final Map<String, List<String>> members = new HashMap<>();
  private final Set<String> whole = new HashSet<>();
  private final Set<Long> collecting = new HashSet<>();

  private Places() {}

  static Places of(CelAbstractSyntaxTree ast, Set<String> variables) {
    var nodes = CelNavigableAst.fromAst(ast).getRoot().allNodes().toList();
    var places = new Places();
    for (var variable : variables) {
      places.members.put(
          variable,
          nodes.stream().flatMap(node -> member(node, variable).stream()).distinct().toList());
      if (nodes.stream().anyMatch(node -> isWhole(node, variable))) {
        places.whole.add(variable);
      }
    }
    nodes.stream()
        .filter(node -> node.parent().flatMap(parent -> text(parent, variables)).isEmpty())
        .forEach(
            node -> text(node, variables).ifPresent(it -> places.texts.put(node.expr().id(), it)));
    nodes.stream()
        .map(CelNavigableExpr::expr)
        .filter(expr -> expr.getKind() == Kind.COMPREHENSION)
        .map(expr -> expr.comprehension().loopStep())
        .forEach(places::collect);
    return places;
  }

  /** One step of a loop: what was collected with one more, or as it was where a filter says so. */
  private void collect(CelExpr step) {
    collecting.add(step.id());
    if (step.getKind() == Kind.CALL && step.call().function().equals(CONDITIONAL)) {
      step.call().args().forEach(branch -> collecting.add(branch.id()));
    }
  }

  /** True when this part of the expression is what a loop has collected so far. */
  boolean collects(long id) {
    return collecting.contains(id);
  }

  /** The place that this part of the expression looks at; null: it is none, or a part of one. */
  String at(long id) {
    return texts.get(id);
  }

  List<String> members(String variable) {
    return members.getOrDefault(variable, List.of());
  }

  boolean whole(String variable) {
    return whole.contains(variable);
  }

  private static boolean isWhole(CelNavigableExpr node, String variable) {
    return isVariable(node, variable)
        && node.parent().flatMap(parent -> member(parent, variable)).isEmpty();
  }

  /** The member that a node takes out of a variable. */
  private static Optional<String> member(CelNavigableExpr node, String variable) {
    return operand(node)
        .filter(operand -> isVariable(operand, variable))
        .flatMap(operand -> key(node.expr()))
        .filter(key -> key.getKind() == CelConstant.Kind.STRING_VALUE)
        .map(CelConstant::stringValue);
  }

  private static Optional<String> text(CelNavigableExpr node, Set<String> variables) {
    var expr = node.expr();
    if (expr.getKind() == Kind.IDENT) {
      var name = expr.ident().name();
      return variables.contains(name) && isVariable(node, name)
          ? Optional.of(name)
          : Optional.empty();
    }
    return operand(node)
        .flatMap(operand -> text(operand, variables))
        .flatMap(operand -> key(expr).map(key -> joined(expr, operand, key)));
  }

  private static String joined(CelExpr expr, String operand, CelConstant key) {
    if (expr.getKind() != Kind.SELECT) {
      return key.getKind() == CelConstant.Kind.INT64_VALUE
          ? "%s[%d]".formatted(operand, key.int64Value())
          : "%s['%s']".formatted(operand, key.stringValue());
    }
    var place = operand + "." + key.stringValue();
    return expr.select().testOnly() ? "has(" + place + ")" : place;
  }

  /** What a member is taken out of: a in a.b, a['b'] and a[0]. */
  private static Optional<CelNavigableExpr> operand(CelNavigableExpr node) {
    var expr = node.expr();
    var member =
        expr.getKind() == Kind.SELECT
            || expr.getKind() == Kind.CALL && expr.call().function().equals(INDEX);
    return member ? node.children().findFirst() : Optional.empty();
  }

  /** Which member is taken, where that is written down. */
  private static Optional<CelConstant> key(CelExpr expr) {
    if (expr.getKind() == Kind.SELECT) {
      return Optional.of(CelConstant.ofValue(expr.select().field()));
    }
    var key = expr.call().args().get(1);
    return key.getKind() == Kind.CONSTANT
            && (key.constant().getKind() == CelConstant.Kind.STRING_VALUE
                || key.constant().getKind() == CelConstant.Kind.INT64_VALUE)
        ? Optional.of(key.constant())
        : Optional.empty();
  }

  /** A loop may give the name of a variable to what it goes through. */
  private static boolean isVariable(CelNavigableExpr node, String name) {
    return node.expr().getKind() == Kind.IDENT
        && node.expr().ident().name().equals(name)
        && ancestors(node).noneMatch(ancestor -> binds(ancestor, name));
  }

  private static Stream<CelNavigableExpr> ancestors(CelNavigableExpr node) {
    return Stream.iterate(node.parent(), Optional::isPresent, it -> it.orElseThrow().parent())
        .map(Optional::orElseThrow);
  }

  private static boolean binds(CelNavigableExpr node, String name) {
    if (node.expr().getKind() != Kind.COMPREHENSION) {
      return false;
    }
    var loop = node.expr().comprehension();
    return Stream.of(loop.iterVar(), loop.iterVar2(), loop.accuVar()).anyMatch(name::equals);
  }
}
