// Heavy photos straight from a phone are drawn anew, at most 2400 dots long, before they are sent.
const HEAVY = 2_000_000;

async function smaller(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < HEAVY) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 2400 / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(picture.width * scale, picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    if (blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: blob.type });
  } catch {
    return file;  // a picture that this browser cannot read
  }
}

addEventListener("change", async ({ target }) => {
  if (target.type !== "file" || ![...target.files].some((file) => file.size >= HEAVY)) return;
  const button = target.form?.querySelector("[type=submit]") ?? {};
  button.disabled = true;
  const chosen = new DataTransfer();
  for (const file of target.files) chosen.items.add(await smaller(file));
  target.files = chosen.files;
  button.disabled = false;
});
