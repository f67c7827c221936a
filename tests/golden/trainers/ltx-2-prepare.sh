#!/bin/sh
# demo-1.0.0, train, for the trainer of LTX-2.
set -eu
: "${LTX_TRAINER:?set it to packages/ltx-trainer of LTX-2}"
: "${LTX_MODEL:?set it to the checkpoint's file}"
: "${GEMMA:?set it to the text encoder's folder}"

uv run \
  --project "$LTX_TRAINER" python "$LTX_TRAINER/scripts/process_dataset.py" /sets/demo-1.0.0/data/train/ltx.json \
  --resolution-buckets 832x480x81 \
  --output-dir /sets/demo-1.0.0-training/ltx-2/latents-train \
  --video-column video \
  --caption-column caption \
  --model-path "$LTX_MODEL" \
  --text-encoder-path "$GEMMA"
