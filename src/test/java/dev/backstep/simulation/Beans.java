package dev.backstep.simulation;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.backup.BackupExecutor;
import dev.backstep.action.clearqueue.ClearQueueExecutor;
import dev.backstep.action.dbrestore.DbRestoreExecutor;
import dev.backstep.action.disabletriggers.DisableTriggersExecutor;
import dev.backstep.action.http.HttpExecutor;
import dev.backstep.action.replacefunctions.ReplaceFunctionsExecutor;
import dev.backstep.action.resync.ResyncExecutor;
import dev.backstep.action.sql.SqlExecutor;
import dev.backstep.database.BatchedUpdates;
import dev.backstep.database.CatalogChanges;
import dev.backstep.database.SqlStatements;
import dev.backstep.database.SqlTransactions;
import dev.backstep.database.TableClearings;
import dev.backstep.http.HttpRequests;
import dev.backstep.means.http.HttpSwitchExecutor;
import dev.backstep.means.jobtable.JobTableExecutor;
import jakarta.inject.Provider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The operator's objects, put together as its container does: one of each class, made by its
 * constructor. Where a class has two, the one with more parameters takes the threads as well.
 */
final class Beans {
  private static final Map<Class<?>, Constructor<?>> CONSTRUCTORS = new ConcurrentHashMap<>();
  private static final List<String> COMPILED = compiled();
  private static final Map<Class<?>, List<Class<?>>> IMPLEMENTATIONS = new ConcurrentHashMap<>();

  /** Tests of single classes are without other people's databases and endpoints. */
  static final List<Class<?>> NOT_SIMULATED =
      List.of(
          HttpExecutor.class,
          HttpRequests.class,
          SqlExecutor.class,
          DisableTriggersExecutor.class,
          ReplaceFunctionsExecutor.class,
          CatalogChanges.class,
          SqlTransactions.class,
          SqlStatements.class,
          HttpSwitchExecutor.class,
          JobTableExecutor.class,
          ClearQueueExecutor.class,
          ResyncExecutor.class,
          BackupExecutor.class,
          DbRestoreExecutor.class,
          BatchedUpdates.class,
          TableClearings.class);

  private final Map<Class<?>, Object> beans = new HashMap<>();
  private final Map<Class<?>, List<?>> lists = new HashMap<>();
  private final Map<Class<?>, Class<?>> instead = new HashMap<>();
  private final Set<Class<?>> leftOut = new HashSet<>();

  /** The operator's class files. */
  private static List<String> compiled() {
    try {
      var root =
          Path.of(ActionExecutor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (var files = Files.walk(root)) {
        return files
            .map(file -> root.relativize(file).toString())
            .filter(file -> file.endsWith(".class"))
            .sorted()
            .toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every bean that is one of these: nothing lists them. */
  private static List<Class<?>> implementations(Class<?> type) {
    return COMPILED.stream()
        .<Class<?>>map(Beans::load)
        .filter(type::isAssignableFrom)
        .filter(it -> !it.isInterface() && !Modifier.isAbstract(it.getModifiers()))
        .toList();
  }

  private static Class<?> load(String file) {
    try {
      var name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
      return Class.forName(name, false, Beans.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  <T> void put(Class<T> type, T bean) {
    beans.put(type, bean);
  }

  void putAll(Class<?> type, List<?> all) {
    lists.put(type, all);
  }

  /** Another class is made wherever this one is wanted. */
  <T> void replace(Class<T> type, Class<? extends T> by) {
    instead.put(type, by);
  }

  /** These are not among the beans of a list. */
  void leaveOut(List<Class<?>> types) {
    leftOut.addAll(types);
  }

  <T> T get(Class<T> type) {
    var known = beans.get(type);
    if (known == null) {
      known = type.isInterface() ? get(onlyOne(type)) : make(instead.getOrDefault(type, type));
      beans.put(type, known);
    }
    return type.cast(known);
  }

  /** What is wanted by what it does, and not by its class, exists once. */
  private static Class<?> onlyOne(Class<?> type) {
    var all = IMPLEMENTATIONS.computeIfAbsent(type, Beans::implementations);
    if (all.size() != 1) {
      throw new IllegalStateException("%s was not given; there are %s".formatted(type, all));
    }
    return all.get(0);
  }

  private Object make(Class<?> type) {
    var constructor = CONSTRUCTORS.computeIfAbsent(type, Beans::constructor);
    var parameters = constructor.getGenericParameterTypes();
    var arguments = new Object[parameters.length];
    for (var i = 0; i < arguments.length; i++) {
      arguments[i] =
          parameters[i] instanceof ParameterizedType generic
              ? several(generic, constructor.getParameterTypes()[i])
              : get(constructor.getParameterTypes()[i]);
    }
    try {
      return constructor.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type, e);
    }
  }

  private Object several(ParameterizedType generic, Class<?> raw) {
    if (raw == List.class) {
      return list(generic);
    }
    return raw == Provider.class
        ? (Provider<?>) () -> get((Class<?>) generic.getActualTypeArguments()[0])
        : get(raw);
  }

  private static Constructor<?> constructor(Class<?> type) {
    var most =
        Arrays.stream(type.getDeclaredConstructors())
            .filter(it -> !Modifier.isPrivate(it.getModifiers()))
            .max(Comparator.comparingInt(Constructor::getParameterCount))
            .orElseThrow(() -> new IllegalStateException("nothing was given for " + type));
    most.setAccessible(true);
    return most;
  }

  private List<?> list(ParameterizedType generic) {
    var element = generic.getActualTypeArguments()[0];
    var type = (Class<?>) (element instanceof ParameterizedType p ? p.getRawType() : element);
    return lists.containsKey(type)
        ? lists.get(type)
        : IMPLEMENTATIONS.computeIfAbsent(type, Beans::implementations).stream()
            .filter(it -> !leftOut.contains(it))
            .map(this::get)
            .toList();
  }
}
