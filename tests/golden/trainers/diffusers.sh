#!/bin/sh
# demo-1.0.0, train, for CogVideoX 2B.
set -eu
: "${DIFFUSERS:?set it to the folder of diffusers}"

accelerate launch "$DIFFUSERS/examples/cogvideo/train_cogvideox_lora.py" \
  --pretrained_model_name_or_path THUDM/CogVideoX-2b \
  --instance_data_root /sets/demo-1.0.0/data/train \
  --caption_column prompts.txt \
  --video_column videos.txt \
  --seed 42 \
  --rank 64 \
  --lora_alpha 64 \
  --mixed_precision fp16 \
  --output_dir /sets/demo-1.0.0-training/diffusers/output \
  --height 480 \
  --width 720 \
  --fps 8 \
  --max_num_frames 49 \
  --skip_frames_start 0 \
  --skip_frames_end 0 \
  --train_batch_size 1 \
  --num_train_epochs 30 \
  --checkpointing_steps 1000 \
  --gradient_accumulation_steps 1 \
  --learning_rate 1e-3 \
  --lr_scheduler cosine_with_restarts \
  --lr_warmup_steps 200 \
  --lr_num_cycles 1 \
  --enable_slicing \
  --enable_tiling \
  --optimizer Adam
