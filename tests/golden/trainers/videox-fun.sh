#!/bin/sh
# demo-1.0.0, train, for VideoX-Fun and Wan 2.1.
set -eu
: "${VIDEOX_FUN:?set it to VideoX-Fun's folder}"
: "${WAN_MODEL:?set it to the model's folder}"

accelerate launch "$VIDEOX_FUN/scripts/wan2.1/train_lora.py" \
  --config_path "$VIDEOX_FUN/config/wan2.1/wan_civitai.yaml" \
  --pretrained_model_name_or_path "$WAN_MODEL" \
  --train_data_dir /sets/demo-1.0.0/data/train \
  --train_data_meta /sets/demo-1.0.0/data/train/videox_fun.json \
  --image_sample_size 624 \
  --video_sample_size 624 \
  --token_sample_size 624 \
  --video_sample_stride 1 \
  --video_sample_n_frames 81 \
  --train_batch_size 1 \
  --gradient_accumulation_steps 1 \
  --dataloader_num_workers 4 \
  --num_train_epochs 100 \
  --checkpointing_steps 500 \
  --learning_rate 1e-04 \
  --seed 42 \
  --output_dir /sets/demo-1.0.0-training/videox-fun/output \
  --gradient_checkpointing \
  --mixed_precision bf16 \
  --vae_mini_batch 1 \
  --enable_bucket \
  --uniform_sampling \
  --rank 64 \
  --network_alpha 32 \
  --low_vram \
  --train_mode normal
