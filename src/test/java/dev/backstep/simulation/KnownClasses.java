package dev.backstep.simulation;

import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;

/**
 * Spares the client the search for a class that there is not: it looks for the list type of access
 * reviews at each of them, through all jars, which took a tenth of a history.
 */
final class KnownClasses extends ClassLoader {
  private KnownClasses(ClassLoader parent) {
    super(parent);
  }

  static ClassLoader over(ClassLoader loader) {
    return loader instanceof KnownClasses ? loader : new KnownClasses(loader);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return name.contains(".SelfSubject") && name.endsWith("ReviewList")
        ? DefaultKubernetesResourceList.class
        : super.loadClass(name, resolve);
  }
}
