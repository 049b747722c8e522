// Files that the page makes itself.
export function saveText(name, text, type) {
  saveBlob(name, new Blob([text], { type }));
}

export function saveBlob(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A drawing under its heading on the surface colour of the theme, so that the picture is complete by itself.
export async function saveDrawing(name, title, legend, drawing, width, height) {
  const style = getComputedStyle(document.body);
  const root = getComputedStyle(document.documentElement);
  const scale = 2;
  const head = legend.length > 0 ? 62 : 40;
  const canvas = document.createElement("canvas");
  canvas.width = (width + 24) * scale;
  canvas.height = (height + head + 12) * scale;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.fillStyle = root.getPropertyValue("--mud-palette-surface") || "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.color;
  context.font = `600 14px ${style.fontFamily}`;
  context.fillText(title, 12, 26);
  context.font = `12px ${style.fontFamily}`;
  let x = 12;
  for (const { text, colour } of legend) {
    context.fillStyle = colour;
    context.fillRect(x, 44, 12, 3);
    context.fillStyle = style.color;
    context.fillText(text, x + 17, 49);
    x += 17 + context.measureText(text).width + 16;
  }
  context.drawImage(drawing, 12, head, width, height);
  saveBlob(name, await new Promise((resolve) => canvas.toBlob(resolve, "image/png")));
}
