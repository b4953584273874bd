package dev.backstep.effect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.Json;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All sorts of effects: finds the effector of each, and writes and reads it as JSON. */
@ApplicationScoped
public class Effectors {
  /** The member of an effect's JSON that says which sort it is. */
  private static final String SORT = "effect";

  private final Map<Class<?>, Effector<?>> byType;
  private final Map<String, Class<? extends Effect>> bySort;

  public Effectors(@All List<Effector<?>> effectors) {
    byType = effectors.stream().collect(Collectors.toMap(Effector::type, Function.identity()));
    bySort =
        effectors.stream()
            .map(Effector::type)
            .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
  }

  /** The effector of an effect. */
  @SuppressWarnings("unchecked")
  public <E extends Effect> Effector<E> of(E effect) {
    return (Effector<E>) byType.get(effect.getClass());
  }

  /** An effect as JSON. */
  ObjectNode json(Effect effect) {
    ObjectNode json = Json.MAPPER.valueToTree(effect);
    return json.put(SORT, effect.getClass().getSimpleName());
  }

  /** The effect that was written as this JSON; empty: another version did, and nobody guesses. */
  Optional<Effect> effect(ObjectNode json) {
    var type = bySort.get(json.path(SORT).asText());
    if (type == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.MAPPER.treeToValue(json.deepCopy().without(SORT), type));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
