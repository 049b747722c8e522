// Loads a classic script once, when it is first needed.
const loading = new Map();

export function loadScript(path) {
  const url = new URL(path, document.baseURI).href;
  if (!loading.has(url)) {
    loading.set(url, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = resolve;
      script.onerror = () => {
        loading.delete(url);
        script.remove();
        reject(new Error(`${url} could not be loaded.`));
      };
      document.head.append(script);
    }));
  }
  return loading.get(url);
}

// Calls back when the theme changed. Returns what stops it.
export function watchTheme(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

export const cssValue = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
