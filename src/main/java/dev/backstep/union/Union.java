package dev.backstep.union;

import dev.backstep.api.v1alpha1.schema.Members;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds what belongs to the one member that is set of a union record. A new member is a new
 * component and a new bean; nothing lists them.
 *
 * @param <H> what handles a member; of {@code Object}, because a handler is given only what it is
 *     for
 */
public final class Union<H> {
  private final Map<Class<?>, H> handlers;

  private record Member<H>(String name, Object value, H handler) {}

  /**
   * Finds each member's handler.
   *
   * @param handlers one for each member's record class
   * @param typeOf the record class a handler is for
   */
  @SuppressWarnings("unchecked")
  public Union(Collection<?> handlers, Function<H, Class<?>> typeOf) {
    this.handlers =
        ((Collection<H>) handlers).stream().collect(Collectors.toMap(typeOf, Function.identity()));
  }

  /** Asks the handler of the one member that is set; the schema guarantees that there is one. */
  public <R> R ask(Record union, BiFunction<H, Object, R> question) {
    var member = memberOf(union);
    return question.apply(member.handler(), member.value());
  }

  /** Name of the one member that is set. */
  public String name(Record union) {
    return memberOf(union).name();
  }

  private Member<H> memberOf(Record union) {
    for (var component : Members.of(union.getClass())) {
      var handler = handlers.get(component.getType());
      var value = handler == null ? null : Members.value(union, component);
      if (value != null) {
        return new Member<>(component.getName(), value, handler);
      }
    }
    throw new IllegalStateException("no member is set in " + union);
  }

  /** The handler of the member with this name. */
  public H handler(Class<? extends Record> union, String name) {
    return Members.of(union).stream()
        .filter(component -> component.getName().equals(name))
        .map(component -> handlers.get(component.getType()))
        .findFirst()
        .orElseThrow();
  }
}
